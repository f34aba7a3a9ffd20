"""The heap that this interpreter lives on.

>>> import pyheap
>>> pyheap.stats()["account"]["live"]["object"]    # bytes
>>> pyheap.limits.hard = 64 * 2**20                # past it: MemoryError
>>> pyheap.limits.soft = 48 * 2**20                # past it: garbage is collected, empty arenas go back
>>> pyheap.on_pressure(lambda pressure: cache.clear())
>>> pyheap.check()                                 # proves that the heap is whole
>>> pyheap.snapshot("app.heapsnapshot")            # every object, and who holds it
>>> pyheap.objects()["app.Point"]                  # how many there are
>>> pyheap.why(point)                              # the shortest path that holds it
>>> with pyheap.Tracker("out.trace"): work()       # every allocation, for `pyheap report`
"""

import json as _json
import sys as _sys
import traceback as _traceback
import types as _types

import _pyheap

__all__ = [
    "AllocationRecord",
    "FileReader",
    "MemoryLimitExceeded",
    "Tracker",
    "check",
    "getallocatedblocks",
    "limit",
    "limit_leaks",
    "limit_memory",
    "limits",
    "objects",
    "on_pressure",
    "profile",
    "referrers",
    "relieve",
    "remove_on_pressure",
    "snapshot",
    "stats",
    "why",
]

_LATER = {
    "_reader": {"AllocationRecord", "FileReader", "MemorySnapshot", "Metadata"},
    "_tracker": {"MemoryLimitExceeded", "Tracker", "limit_leaks", "limit_memory", "profile"},
}


def __getattr__(name):
    """What records and reads recordings is imported when it is first used, so that `import pyheap` stays small."""
    for module, names in _LATER.items():
        if name in names:
            import importlib

            value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(ipython):
    """`%load_ext pyheap`."""
    from ._ipython import register

    register(ipython)


class HeapError(RuntimeError):
    """The heap is not whole: memory was overwritten."""


def stats():
    """The account and the statistics of the heap, as a dict; sizes are in bytes."""
    return _json.loads(_pyheap.stats())


def getallocatedblocks():
    """The number of blocks in use in the mem and object domains, as sys.getallocatedblocks() is meant to return."""
    return _pyheap.getallocatedblocks()


def check():
    """Checks every structure of the heap. Raises HeapError if one is broken, and returns None otherwise."""
    problem = _pyheap.check()
    if problem is not None:
        raise HeapError(problem)


def relieve():
    """Collects garbage, and gives empty memory back. Returns the bytes that this gained."""
    return _pyheap.relieve()


def snapshot(file, *, force=False):
    """Writes every object of the interpreter, its size in the heap, and who refers to it by which name.

    The file is in the format of V8's heap snapshots, .heapsnapshot: Chrome's DevTools and `pyheap report objects` read it. Returns a
    dict: objects, references, and bytes, those of the whole heap. No code of the program runs meanwhile. An older snapshot of this
    name stays until the new one is whole; any other file is overwritten only with force. Raises OSError.
    """
    from ._replace import refuse_others, replacing

    if not force:
        refuse_others(file, b'{"snapshot":', "a heap snapshot")
    with replacing(file) as out:
        return _json.loads(_pyheap.snapshot(lambda piece: out.write(piece.to_bytes())))


def objects():
    """The number of objects of each type, as a dict; the type with most objects comes first.

    It counts every object that can be reached, or that the collector knows, whether the collector tracks it or not. Types have
    their module, unless they are built in.
    """
    return _json.loads(_pyheap.objects())


def referrers(obj, /):
    """The objects that refer to obj, as a list. A function that runs and has obj in a variable is in the list as its frame.

    Unlike gc.get_referrers, it finds objects that the collector does not track as well. Weak references do not count.
    """
    found = []
    for depth in _json.loads(_pyheap.referrers(id(obj), id(found))):
        found.append(_sys._getframe(depth + 1))
    return found


def why(obj, /):
    """Prints the shortest path that holds obj, a line for each step, and returns it: "sys.modules['app'].cache[7]".

    Returns None if nothing holds it but the call itself, and weak references.
    """
    answer = _pyheap.why(id(obj))
    if answer is None:
        print("nothing holds it but this call, and weak references")
        return None
    path, text = _json.loads(answer)
    print(text)
    return path


_callbacks = []
_stop = None  # ends the calls from the heap


def on_pressure(callback):
    """Calls callback(pressure) before measures against pressure run: a chance to drop what can be had again.

    pressure is a dict: reason ("soft limit", "no memory", "fragmentation" or "asked") and, in bytes, reserved, allocated,
    softLimit and limit. What the callback raises goes to sys.unraisablehook. Returns the callback, so it can be a decorator;
    remove_on_pressure(callback) ends it.
    """
    global _stop
    if not callable(callback):
        raise TypeError(f"callback must be callable, not {type(callback).__name__}")
    if _stop is None:
        _stop = _told_by_heap()
    _callbacks.append(callback)
    return callback


def remove_on_pressure(callback):
    """Removes a callback of on_pressure. Raises ValueError if it is not registered."""
    global _stop
    try:
        _callbacks.remove(callback)
    except ValueError:
        raise ValueError(f"{callback!r} is not a callback of on_pressure") from None
    if not _callbacks:
        _stop()
        _stop = None


def _told_by_heap():
    from pyodide.ffi import create_proxy

    proxy = create_proxy(_call_back)
    end = _pyheap.onpressure(proxy)

    def stop():
        end()
        proxy.destroy()

    return stop


def _call_back(text):
    pressure = _json.loads(text)
    for callback in list(_callbacks):
        try:
            callback(dict(pressure))
        except BaseException as error:
            _report(_Unraisable(error, callback))


def _report(unraisable):
    hook = _sys.unraisablehook
    if hook is not _sys.__unraisablehook__:
        return hook(unraisable)
    # Python's own hook accepts only objects that Python made.
    if _sys.stderr is not None:
        print(f"{unraisable.err_msg}: {unraisable.object!r}", file=_sys.stderr)
        _traceback.print_exception(unraisable.exc_value)


class _Unraisable:
    """The argument of sys.unraisablehook."""

    def __init__(self, error, callback):
        self.exc_type = type(error)
        self.exc_value = error
        self.exc_traceback = error.__traceback__
        self.err_msg = "Exception ignored in a callback of pyheap.on_pressure"
        self.object = callback


def _checked(name, size):
    if size is None:
        return None
    if not isinstance(size, int) or isinstance(size, bool):
        raise TypeError(f"{name} must be a number of bytes or None, not {type(size).__name__}")
    if size <= 0:
        raise ValueError(f"{name} must be positive, not {size}")
    return min(size, 2**32)  # the number of addresses


class _Limits:
    """Limits of the memory that Python's memory manager takes, in bytes; None if there is no limit."""

    __slots__ = ()

    @property
    def hard(self):
        """Past it: MemoryError."""
        return _pyheap.getlimit()

    @hard.setter
    def hard(self, size):
        _pyheap.setlimit(_checked("hard", size))

    @property
    def soft(self):
        """Past it, a full collection runs, and empty arenas go back. If it is not set, it is seven eighths of the hard limit."""
        return _pyheap.getsoftlimit()

    @soft.setter
    def soft(self, size):
        _pyheap.setsoftlimit(_checked("soft", size))

    def __repr__(self):
        return f"limits(hard={self.hard}, soft={self.soft})"


limits = _Limits()


class _Module(_types.ModuleType):
    @property
    def limit(self):
        """limits.hard, under a shorter name."""
        return limits.hard

    @limit.setter
    def limit(self, size):
        _pyheap.setlimit(_checked("limit", size))


_sys.modules[__name__].__class__ = _Module
