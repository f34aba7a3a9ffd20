"""Files that take the place of older ones only when they are whole, and only of their own kind."""

import contextlib as _contextlib
import errno as _errno
import os as _os
import stat as _stat


def refuse_others(file, begin, kind):
    """Raises FileExistsError if there is a file that is not empty and does not begin with these bytes.

    `kind` says what a file that begins with them is: "a heap snapshot".
    """
    if isinstance(file, int):
        return
    try:
        if not _stat.S_ISREG(_os.stat(file).st_mode):
            return
    except FileNotFoundError:
        return
    with open(file, "rb") as there:
        found = there.read(len(begin))
    if found not in (b"", begin):
        why = f"it is there already, and is not {kind}; force=True overwrites it"
        raise FileExistsError(_errno.EEXIST, why, _os.fspath(file))


@_contextlib.contextmanager
def replacing(file):
    """Opens a file for writing. A file that exists stays until the new one is whole; if making that fails, it stays.

    A descriptor, a device or a pipe is written to as it is; so is a file in a folder where no second file can be made.
    """
    if isinstance(file, int):
        with open(file, "wb") as out:
            yield out
        return
    target = _os.path.realpath(_os.fspath(file))
    try:
        mode = _os.stat(target).st_mode
    except FileNotFoundError:
        mode = None
    folder = _os.path.dirname(target)
    if (mode is not None and not _stat.S_ISREG(mode)) or not _os.access(folder, _os.W_OK):
        with open(file, "wb") as out:
            yield out
        return
    part = f"{_os.fsdecode(target)}.{_os.getpid()}.part"
    try:
        with open(part, "wb") as out:
            yield out
        if mode is not None:
            _os.chmod(part, _stat.S_IMODE(mode))
        _os.replace(part, target)
    except BaseException:
        with _contextlib.suppress(OSError):
            _os.remove(part)
        raise
