"""Magics for IPython and notebooks: `%load_ext pyheap`."""

from __future__ import annotations

import html as _html

from ._reader import FileReader, programs, sized
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


def register(ipython) -> None:
    def pyheap_memory(line: str, cell: str | None = None):
        """%pyheap_memory EXPR, or %%pyheap_memory: the memory that code takes, by line."""
        code = line if cell is None else cell
        compiled = ipython.input_transformer_manager.transform_cell(code)
        program = compile(compiled, "<cell>", "exec")
        with Tracker() as tracker:
            exec(program, ipython.user_ns)
        return Told(tracker.reader(), line.strip() or "cell")

    ipython.register_magic_function(pyheap_memory, "line_cell", "pyheap_memory")
