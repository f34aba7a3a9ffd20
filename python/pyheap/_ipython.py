"""Magics for IPython and notebooks: `%load_ext pyheap`."""

from __future__ import annotations

import html as _html

from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from ._flamegraph import flamegraph
from ._reader import AllocationRecord, FileReader, programs, sized
from ._tracker import Tracker


class Told:
    """A recording, as a notebook shows it: figures, and the lines with the most bytes at the peak."""

    def __init__(self, reader: FileReader, title: str) -> None:
        self.reader = reader
        self._title = title

    def __repr__(self) -> str:
        return self.reader.summary(self._title)

    def _repr_html_(self) -> str:
        told = self.reader.metadata
        places = self.reader.by_line(programs(self.reader.get_high_watermark_allocation_records()))
        whole = max(1, told.peak_memory)
        rows = "".join(
            f"<tr><td style='text-align:right'>{sized(size)}</td>"
            f"<td><div style='width:{100 * size / whole:.1f}px;height:0.8em;background:#2a78d6'></div></td>"
            f"<td style='text-align:right'>{count:,}</td>"
            f"<td style='text-align:left'>{_html.escape(function)} "
            f"<small>{_html.escape(f'{file}:{line}' if file else '')}</small></td></tr>"
            for function, file, line, size, count in places[:15]
        )
        return (
            f"<p><b>{_html.escape(self._title)}</b>: peak {sized(told.peak_memory)}, at the end {sized(told.end_memory)}, "
            f"{told.total_allocations:,} allocations</p>"
            f"<table><tr><th>at the peak</th><th></th><th>blocks</th><th>line</th></tr>{rows}</table>"
        )


class FlameGraph(Told):
    """A recording, as a notebook shows it: the stacks of one view as a flame graph."""

    def __init__(self, reader: FileReader, title: str, records: list[AllocationRecord]) -> None:
        super().__init__(reader, title)
        self._records = records

    def _repr_html_(self) -> str:
        return flamegraph(programs(self._records), self._title)


def register(ipython) -> None:
    def recorded(code: str, file: str | None = None) -> FileReader:
        compiled = ipython.input_transformer_manager.transform_cell(code)
        program = compile(compiled, "<cell>", "exec")
        with Tracker(file, overwrite=True) as tracker:
            exec(program, ipython.user_ns)
        return tracker.reader()

    def pyheap_memory(line: str, cell: str | None = None):
        """%pyheap_memory EXPR, or %%pyheap_memory: the memory that code takes, by line."""
        return Told(recorded(line if cell is None else cell), line.strip() or "cell")

    @magic_arguments()
    @argument("--leaks", action="store_true", help="what was not freed, instead of what was live at the peak")
    @argument("--temporary", action="store_true", help="what was freed again at once")
    @argument("--allocated", action="store_true", help="everything that was allocated")
    @argument("--trace", metavar="FILE", help="keep the recording, for pyheap report; a file of that name is replaced, whatever it is")
    def pyheap_flamegraph(line: str, cell: str):
        """%%pyheap_flamegraph: the memory that a cell takes, as a flame graph."""
        asked = parse_argstring(pyheap_flamegraph, line)
        reader = recorded(cell, asked.trace)
        if asked.leaks:
            return FlameGraph(reader, "not freed", reader.get_leaked_allocation_records())
        if asked.temporary:
            return FlameGraph(reader, "freed at once", reader.get_temporary_allocation_records())
        if asked.allocated:
            return FlameGraph(reader, "allocated", reader.get_allocation_records())
        return FlameGraph(reader, "at the peak", reader.get_high_watermark_allocation_records())

    ipython.register_magic_function(pyheap_memory, "line_cell", "pyheap_memory")
    ipython.register_magic_function(pyheap_flamegraph, "cell", "pyheap_flamegraph")
