"""A recording that was made by a Tracker, `pyheap run --trace`, or heap.trace."""

from __future__ import annotations

import datetime as _datetime
import json as _json
import os as _os
from dataclasses import dataclass

import _pyheap


def sized(size: float) -> str:
    """Bytes for people: 512 B, 1.5 KiB, 20.0 MiB."""
    if abs(size) < 1024:
        return f"{round(size)} B"
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if abs(size) < 1024 or unit == "GiB":
            break
    return f"{size:,.1f} {unit}"


_FOLDER = _os.path.dirname(__file__)


def is_own(frame: tuple[str, str, int]) -> bool:
    """Whether a frame is one of this package's."""
    return _os.path.dirname(frame[1]) == _FOLDER


def programs(records: list[AllocationRecord]) -> list[AllocationRecord]:
    """The records without what this package allocated itself while it recorded."""
    return [record for record in records if not any(map(is_own, record.stack_trace(1)))]


@dataclass(frozen=True)
class Metadata:
    """What is known about a recording as a whole. Sizes are bytes; of a sampled recording, estimates."""

    command_line: str
    python_version: str | None
    start_time: _datetime.datetime
    end_time: _datetime.datetime
    total_allocations: int
    total_bytes: int
    peak_memory: int
    end_memory: int
    sample: int
    is_aggregated: bool
    has_types: bool
    """Whether the types of objects were recorded."""
    problem: str | None
    """Why the recording could be read only in part; None if it was read completely."""


@dataclass(frozen=True)
class MemorySnapshot:
    """Live bytes of the program at a moment."""

    time: float
    """Seconds from the beginning of the program; negative for the interpreter's start."""
    heap: int
    """Live bytes of the blocks that were recorded."""
    platform: int
    """Bytes that the heap had from the platform."""


class AllocationRecord:
    """What one stack has, in one domain and one size class, and of one type if types were recorded."""

    __slots__ = ("allocator", "n_allocations", "size", "size_class", "type", "_node", "_reader")

    def __init__(
        self,
        reader: FileReader,
        node: int,
        allocator: str,
        size_class: str,
        type: str | None,
        size: int,
        count: int,
    ) -> None:
        self._reader = reader
        self._node = node
        self.allocator = allocator
        """The domain: raw, mem, object or native."""
        self.size_class = size_class
        """The sizes of the blocks, as a range."""
        self.type = type
        """The objects' type, with its module unless it is built in; None if the blocks have no objects, or types were not recorded."""
        self.size = size
        """Bytes."""
        self.n_allocations = count
        """Number of blocks."""

    def stack_trace(self, max_stacks: int | None = None) -> list[tuple[str, str, int]]:
        """The stack, the innermost frame first, as (function, file, line); empty for what was allocated outside of Python."""
        return self._reader._stack(self._node, max_stacks)

    def __repr__(self) -> str:
        where = self.stack_trace(1)
        place = f"{where[0][0]} ({where[0][1]}:{where[0][2]})" if where else "outside of Python"
        of = "" if self.type is None else f" of {self.type}"
        return f"<{self.size} bytes in {self.n_allocations} blocks{of}, {place}>"


class FileReader:
    """Reads a recording: its metadata, and what each stack allocated, held at the peak, and left.

    >>> reader = pyheap.FileReader("out.trace")
    >>> for record in reader.get_high_watermark_allocation_records():
    ...     print(record.size, record.stack_trace(1))

    Raises OSError if there is no such file, and ValueError if it is not a recording.
    """

    def __init__(self, file: str | _os.PathLike[str]) -> None:
        with open(file, "rb") as opened:
            content = opened.read()
        self._read(content, _os.fspath(file))

    @classmethod
    def _of(cls, content: bytes, name: str) -> FileReader:
        reader = cls.__new__(cls)
        reader._read(content, name)
        return reader

    def _read(self, content: bytes, name: str) -> None:
        from pyodide.ffi import create_proxy

        proxy = create_proxy(content)
        try:
            data = _json.loads(_pyheap.readtrace(proxy, str(name)))
        finally:
            proxy.destroy()
        if "error" in data:
            raise ValueError(data["error"])
        told, figures = data["metadata"], data["figures"]
        start = _datetime.datetime.fromisoformat(told["started"])
        self.metadata = Metadata(
            command_line=" ".join(told["command"]),
            python_version=told.get("python"),
            start_time=start,
            end_time=start + _datetime.timedelta(microseconds=data["duration"]),
            total_allocations=round(figures["allocations"]),
            total_bytes=round(figures["allocatedBytes"]),
            peak_memory=round(figures["peakBytes"]),
            end_memory=round(figures["liveBytes"]),
            sample=told["sample"],
            is_aggregated=bool(told.get("aggregated")),
            has_types=bool(told.get("types")),
            problem=data["problem"],
        )
        self._functions = data["functions"]
        self._nodes = data["nodes"]
        self._accounts = data["accounts"]
        self._views = data["views"]
        self._timeline = data["timeline"]

    def _stack(self, node: int, most: int | None) -> list[tuple[str, str, int]]:
        stack: list[tuple[str, str, int]] = []
        while node != 0 and (most is None or len(stack) < most):
            parent, function, line = self._nodes[node]
            name, file, _ = self._functions[function]
            stack.append((name, file, line))
            node = parent
        return stack

    def _records(self, view: str) -> list[AllocationRecord]:
        at = 4 + 2 * self._views.index(view)
        records = [
            AllocationRecord(self, *row[:4], row[at], row[at + 1])
            for row in self._accounts
            if row[at + 1] > 0 or row[at] > 0
        ]
        records.sort(key=lambda record: -record.size)
        return records

    def get_high_watermark_allocation_records(self) -> list[AllocationRecord]:
        """What was live at the highest moment, the most bytes first."""
        return self._records("peak")

    def get_leaked_allocation_records(self) -> list[AllocationRecord]:
        """What was allocated and not freed until the end, the most bytes first."""
        return self._records("leaks")

    def get_temporary_allocation_records(self) -> list[AllocationRecord]:
        """What was freed again before anything else was allocated, the most bytes first."""
        return self._records("temporary")

    def get_allocation_records(self) -> list[AllocationRecord]:
        """Everything that was allocated, the most bytes first."""
        return self._records("allocated")

    def get_memory_snapshots(self) -> list[MemorySnapshot]:
        """Live bytes over time: at most 2,048 moments."""
        return [MemorySnapshot(p["time"] / 1e6, round(p["live"]), round(p["reserved"])) for p in self._timeline]

    def by_line(self, records: list[AllocationRecord]) -> list[tuple[str, str, int, int, int]]:
        """Records summed up by innermost frame: (function, file, line, bytes, blocks), the most bytes first."""
        sums: dict[tuple[str, str, int], list[int]] = {}
        for record in records:
            place = (record.stack_trace(1) or [("<outside Python>", "", 0)])[0]
            total = sums.setdefault(place, [0, 0])
            total[0] += record.size
            total[1] += record.n_allocations
        return sorted(((*place, *total) for place, total in sums.items()), key=lambda row: -row[3])

    def summary(self, title: str | None = None, rows: int = 10) -> str:
        """Figures, and the lines with the most bytes at the peak, as text."""
        told = self.metadata
        seconds = (told.end_time - told.start_time).total_seconds()
        left = sum(record.size for record in programs(self.get_leaked_allocation_records()))
        lines = [
            f"{title or told.command_line}: peak {sized(told.peak_memory)}, left {sized(left)}, "
            f"{told.total_allocations:,} allocations of {sized(told.total_bytes)}, {seconds:.2f} s"
        ]
        places = self.by_line(programs(self.get_high_watermark_allocation_records()))
        for function, file, line, size, count in places[:rows]:
            place = f" ({file}:{line})" if file else ""
            lines.append(f"  {sized(size):>10}  {count:>9,} block{'s' if count != 1 else ' '}  {function}{place}")
        if len(places) > rows:
            lines.append(f"  and {len(places) - rows} more lines")
        return "\n".join(lines)

    def __enter__(self) -> FileReader:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __repr__(self) -> str:
        return f"<FileReader of {self.metadata.command_line!r}>"
