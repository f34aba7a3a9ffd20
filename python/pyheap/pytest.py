"""A plugin of pytest: `-p pyheap.pytest`.

@pytest.mark.limit_memory("20 MB")    the test fails if its peak is above the size
@pytest.mark.limit_leaks("1 MB")      the test fails if more than this was allocated in it and not freed

With --pyheap, every test is recorded, and the report ends with the tests that took the most. Only a test's own call is
recorded, not its fixtures.
"""

from __future__ import annotations

import os
import re

import pytest

from ._reader import FileReader, programs, sized
from ._tracker import MemoryLimitExceeded, check_leaks, check_peak, parse_size, recorded


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pyheap", "memory of tests")
    group.addoption("--pyheap", action="store_true", help="record every test, and report those that took the most memory")
    group.addoption("--most-allocations", type=int, default=5, metavar="N", help="tests in that report (default: 5)")
    group.addoption("--stacks", type=int, default=3, metavar="N", help="stacks that a failed limit shows (default: 3)")
    group.addoption("--pyheap-bin-path", metavar="FOLDER", help="keep recordings in this folder, a file for each test")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "limit_memory(size): the test fails if its peak is above the size, such as '20 MB'")
    config.addinivalue_line("markers", "limit_leaks(size): the test fails if it leaves more than the size behind")
    folder = config.getoption("--pyheap-bin-path")
    if folder is not None:
        os.makedirs(folder, exist_ok=True)
    config.pluginmanager.register(_Plugin(config, folder), "pyheap")


class _Plugin:
    def __init__(self, config: pytest.Config, folder: str | None) -> None:
        self._stacks = config.getoption("--stacks")
        self._most = config.getoption("--most-allocations")
        self._records_all = config.getoption("--pyheap") or folder is not None
        self._folder = folder
        self._results: dict[str, FileReader] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem):
        limits = [
            (check, parse_size(_size_of(mark)))
            for name, check in (("limit_memory", check_peak), ("limit_leaks", check_leaks))
            for mark in [pyfuncitem.get_closest_marker(name)]
            if mark is not None
        ]
        if not limits and not self._records_all:
            yield
            return

        def check_all(reader: FileReader, _: str) -> None:
            if self._records_all:
                self._results[pyfuncitem.nodeid] = reader
            told = []
            for check, most in limits:
                try:
                    check(reader, most, pyfuncitem.name, self._stacks)
                except MemoryLimitExceeded as error:
                    told.append(str(error))
            if told:
                pytest.fail("\n".join(told), pytrace=False)

        file = None
        if self._folder is not None:
            file = os.path.join(self._folder, re.sub(r"[^\w.-]+", "-", pyfuncitem.nodeid) + ".trace")
        test = pyfuncitem.obj
        collects = any(check is check_leaks for check, _ in limits)
        pyfuncitem.obj = recorded(test, check_all, file=file, collects=collects)
        yield
        pyfuncitem.obj = test

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if not self._results:
            return
        terminalreporter.section("memory by pyheap")
        ordered = sorted(self._results.items(), key=lambda result: -result[1].metadata.peak_memory)
        for name, reader in ordered[: self._most]:
            told = reader.metadata
            terminalreporter.write_line(
                f"{sized(told.peak_memory):>10} at the peak, {told.total_allocations:,} allocations  {name}"
            )
            for function, file, line, size, _ in reader.by_line(programs(reader.get_high_watermark_allocation_records()))[:3]:
                place = f" ({os.path.relpath(file)}:{line})" if os.path.isabs(file) else f" ({file}:{line})" * bool(file)
                terminalreporter.write_line(f"{sized(size):>14}  {function}{place}")
        more = len(ordered) - self._most
        if more > 0:
            terminalreporter.write_line(f"and {more} more test{'s' * (more != 1)} (--most-allocations)")


def _size_of(mark) -> int | str:
    if len(mark.args) != 1 or mark.kwargs:
        raise pytest.UsageError(f"@pytest.mark.{mark.name} takes one size, such as '20 MB'")
    return mark.args[0]
