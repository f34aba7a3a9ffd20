"""Recordings of parts of a program: Tracker, profile, limit_memory, limit_leaks."""

from __future__ import annotations

import functools as _functools
import gc as _gc
import inspect as _inspect
import json as _json
import os as _os
import re as _re
import sys as _sys

import _pyheap

from ._reader import AllocationRecord, FileReader, is_own, programs, sized


class Tracker:
    """Records every allocation while a with block runs, with the stack of each.

    >>> with pyheap.Tracker("out.trace"):
    ...     work()

    `pyheap report` reads the file. Without a file, the recording is kept in memory: tracker.reader() reads it afterwards.

    sample: the mean distance between samples in bytes; 0 records everything.
    aggregate: keep sums by stack only, in place of every event. The file is small, whatever the duration.
    types: record the type of each object as well: `pyheap report --by-type`, AllocationRecord.type.
    overwrite: replace a file that is there; otherwise it is a FileExistsError.

    One recording runs at a time, so a Tracker inside of another, or under `pyheap run --trace`, is a RuntimeError.
    """

    def __init__(
        self,
        file: str | _os.PathLike[str] | None = None,
        *,
        sample: int = 0,
        aggregate: bool = False,
        types: bool = False,
        overwrite: bool = False,
    ) -> None:
        if not isinstance(sample, int) or not 0 <= sample <= 64 * 2**20:
            raise ValueError(f"sample must be a number of bytes from 0 to 64 MiB, not {sample!r}")
        self._file = None if file is None else _os.path.abspath(_os.fspath(file))
        self._sample = sample
        self._aggregate = bool(aggregate)
        self._types = bool(types)
        self._overwrite = overwrite
        self._end = None
        self._content: bytes | None = None

    def __enter__(self) -> Tracker:
        if self._end is not None or self._content is not None:
            raise RuntimeError("a Tracker records once: make another one")
        if _pyheap.istracing():
            raise RuntimeError("a recording runs already, and there can be one at a time")
        if self._file is not None:
            # Python's own errors, before anything is recorded.
            open(self._file, "wb" if self._overwrite else "xb").close()
        asked = {
            "file": self._file,
            "command": _sys.argv or [""],
            "sample": self._sample,
            "aggregate": self._aggregate,
            "types": self._types,
        }
        self._end = _pyheap.track(_json.dumps(asked))
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            content = self._end()
        except Exception as error:
            raise OSError(f"{self._file or 'the recording'}: {error}") from None
        finally:
            self._content = b""
        if content is not None:
            self._content = content.to_bytes()

    def reader(self) -> FileReader:
        """What was recorded. RuntimeError before the with block has ended."""
        if self._content is None:
            raise RuntimeError("the recording has not ended")
        if self._file is not None:
            return FileReader(self._file)
        return FileReader._of(self._content, "the recording")


class MemoryLimitExceeded(AssertionError):
    """A function took, or left, more memory than it may. records: the stacks that allocated it, those with the most bytes first."""

    def __init__(self, message: str, records: list[AllocationRecord]) -> None:
        super().__init__(message)
        self.records = records


_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def parse_size(size: int | str) -> int:
    """The bytes of a size: a number, or a text such as "20 MB" (20,000,000) or "20 MiB" (20,971,520)."""
    if isinstance(size, int) and not isinstance(size, bool):
        if size < 0:
            raise ValueError(f"a size can't be negative: {size}")
        return size
    if not isinstance(size, str):
        raise TypeError(f"a size is a number of bytes or a text such as '20 MB', not {type(size).__name__}")
    found = _re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?I?B?)\s*", size.upper())
    unit = found and (found[2] if found[2] in _UNITS else f"{found[2]}B")
    if not found or unit not in _UNITS:
        raise ValueError(f"{size!r} is not a size such as '20 MB' or '20 MiB'")
    return round(float(found[1]) * _UNITS[unit])


def blamed(records: list[AllocationRecord], stacks: int = 3, frames: int = 5) -> str:
    """The stacks with the most bytes, as lines."""
    lines = []
    for record in records[:stacks]:
        lines.append(f"  {sized(record.size)} in {record.n_allocations:,} block{'s' * (record.n_allocations != 1)}")
        trace = [frame for frame in record.stack_trace() if not is_own(frame)]
        for k, (function, file, line) in enumerate(trace[:frames]):
            lines.append(f"    {'from ' * (k > 0)}{function} ({file}:{line})")
        if not trace:
            lines.append("    outside of Python")
        if len(trace) > frames:
            lines.append(f"    and {len(trace) - frames} more")
    if len(records) > stacks:
        lines.append(f"  and {len(records) - stacks} more stacks")
    return "\n".join(lines)


def check_peak(reader: FileReader, most: int, name: str, stacks: int = 3) -> None:
    """Raises MemoryLimitExceeded if a recording's peak is above `most` bytes."""
    peak = reader.metadata.peak_memory
    if peak <= most:
        return
    records = programs(reader.get_high_watermark_allocation_records())
    raise MemoryLimitExceeded(
        f"{name} took {sized(peak)}, and may take {sized(most)}. At its peak there were:\n{blamed(records, stacks)}",
        records,
    )


def check_leaks(reader: FileReader, most: int, name: str, stacks: int = 3) -> None:
    """Raises MemoryLimitExceeded if more than `most` bytes that were allocated in a recording were not freed."""
    records = programs(reader.get_leaked_allocation_records())
    left = sum(record.size for record in records)
    if left <= most:
        return
    raise MemoryLimitExceeded(
        f"{name} left {sized(left)}, and may leave {sized(most)}:\n{blamed(records, stacks)}", records
    )


def recorded(function, check, *, file=None, collects: bool = False):
    """The function, each call of which is recorded. check gets the recording and the function's name after the call."""
    name = getattr(function, "__qualname__", repr(function))
    if _inspect.iscoroutinefunction(function):

        @_functools.wraps(function)
        async def wrapper(*args, **kwargs):
            with Tracker(file, overwrite=True) as tracker:
                result = await function(*args, **kwargs)
                if collects:
                    _gc.collect()
            check(tracker.reader(), name)
            return result
    else:

        @_functools.wraps(function)
        def wrapper(*args, **kwargs):
            with Tracker(file, overwrite=True) as tracker:
                result = function(*args, **kwargs)
                if collects:
                    _gc.collect()
            check(tracker.reader(), name)
            return result

    return wrapper


def limit_memory(size: int | str):
    """A decorator: a call whose peak is above the size raises MemoryLimitExceeded, with the stacks that allocated it.

    >>> @pyheap.limit_memory("20 MB")
    ... def load(): ...

    The call runs to its end first. What it raises itself is raised, and nothing is checked.
    """
    most = parse_size(size)
    return lambda function: recorded(function, lambda reader, name: check_peak(reader, most, name))


def limit_leaks(size: int | str):
    """A decorator: a call that leaves more than this behind raises MemoryLimitExceeded, with the stacks that allocated it.

    What a call returns is left behind as well. Garbage is collected before the end, so cycles don't count.
    """
    most = parse_size(size)
    return lambda function: recorded(function, lambda reader, name: check_leaks(reader, most, name), collects=True)


def profile(function=None, *, file=None, rows: int = 10, stream=None):
    """A decorator: after each call, prints its peak, what it left, and the lines with the most bytes at the peak.

    >>> @pyheap.profile
    ... def work(): ...

    stream: where to; the default is standard error. file: the recording of the last call is kept there.
    """
    if function is None:
        return _functools.partial(profile, file=file, rows=rows, stream=stream)
    return recorded(
        function, lambda reader, name: print(reader.summary(name, rows), file=stream or _sys.stderr), file=file
    )
