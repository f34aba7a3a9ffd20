"""Compares what the headers say about CPython's objects (abi.c) with what the running CPython says, and tries functions of the
C library and calls. Prints the number of comparisons, constants that it does not know, and what differs."""

import abc
import asyncio
import collections
import datetime
import errno
import functools
import gc
import inspect
import locale
import math
import opcode
import os
import struct
import sys
import sysconfig
import tempfile
import time
import types
import warnings
import weakref

import abi

differing = []
compared = 0


# Some classes say that they are deprecated when their names are asked for.
warnings.simplefilter("ignore")


def same(what, ours, theirs):
    global compared
    compared += 1
    if ours != theirs:
        differing.append(f"{what}: {ours!r}, and in CPython {theirs!r}")


# ---- sizes and numbers ----

constants = abi.constants()
# The table for debuggers, after the eight bytes by which they find it.
offsets = struct.unpack("<99Q", abi.debug_offsets()[8:])


class Plain:
    pass


def function():
    pass


SIZES = {
    "PyHeapTypeObject": type.__basicsize__,
    "PyASCIIObject": sys.getsizeof("") - 1,
    "PyCompactUnicodeObject": sys.getsizeof("\u0100") - 4,
    "PyUnicodeObject": str.__basicsize__,
    "PyBytesObject": (bytes.__basicsize__ + 3) & ~3,
    "PyByteArrayObject": bytearray.__basicsize__,
    "PyTupleObject": tuple.__basicsize__ + 4,
    "PyListObject": list.__basicsize__,
    "PyDictObject": dict.__basicsize__,
    "PySetObject": set.__basicsize__,
    "PyFloatObject": float.__basicsize__,
    "PyComplexObject": complex.__basicsize__,
    "PySliceObject": slice.__basicsize__,
    "PyMemoryViewObject": memoryview.__basicsize__ + 4,
    "PyMethodObject": types.MethodType.__basicsize__,
    "PyCFunctionObject": types.BuiltinFunctionType.__basicsize__,
    "PyBaseExceptionObject": BaseException.__basicsize__,
    "PyDateTime_Date": datetime.date.__basicsize__,
    "PyDateTime_DateTime": datetime.datetime.__basicsize__,
    "PyDateTime_Time": datetime.time.__basicsize__,
    "PyDateTime_Delta": datetime.timedelta.__basicsize__,
    "PyDateTime_TZInfo": datetime.tzinfo.__basicsize__,
    "PyObject": object.__basicsize__,
    "PyTypeObject": offsets[51],
    "PyMutex": 1,
}
for name, size in SIZES.items():
    same(f"sizeof({name})", constants[f"sizeof {name}"], size)

# In the table for debuggers, each structure begins with its size.
OFFSETS = {
    "PyObject.ob_type": 50,
    "PyTypeObject.tp_name": 52,
    "PyTypeObject.tp_repr": 53,
    "PyTypeObject.tp_flags": 54,
    "PyTupleObject.ob_item": 56,
    "PyVarObject.ob_size": 57,
    "PyListObject.ob_item": 59,
    "PySetObject.used": 62,
    "PyFloatObject.ob_fval": 69,
    "PyLongObject.long_value.lv_tag": 71,
    "PyLongObject.long_value.ob_digit": 72,
    "PyBytesObject.ob_sval": 75,
    "PyASCIIObject.state": 77,
    "PyASCIIObject.length": 78,
    "sizeof PyASCIIObject": 79,
}
for name, k in OFFSETS.items():
    same(name, constants[name], offsets[k])

FOUND = {
    **{f"PyBUF_{name}": value.value for name, value in inspect.BufferFlags.__members__.items()},
    **{f"CO_{name}": flag for flag, name in inspect.dis.COMPILER_FLAG_NAMES.items()},
    **{name: getattr(os, name) for name in dir(os) if name.isupper()},
    **{name: getattr(locale, name) for name in dir(locale) if name.startswith("LC_")},
    **{name: getattr(time, name) for name in dir(time) if name.startswith("CLOCK_")},
    **{name: getattr(errno, name) for name in dir(errno) if name.startswith("E")},
    **{name: value for name, value in sysconfig.get_config_vars().items() if "OF_" in name},
    "PyLong_SHIFT": sys.int_info.bits_per_digit,
    "PY_VERSION_HEX >> 16": sys.hexversion >> 16,
    "PyUnicode_1BYTE_KIND": 1,
    "PyUnicode_2BYTE_KIND": 2,
    "PyUnicode_4BYTE_KIND": 4,
    **{f"real {name}": sysconfig.get_config_var(name) for name in ("SIZEOF_TIME_T", "SIZEOF_OFF_T", "SIZEOF_WCHAR_T", "SIZEOF_PID_T")},
}
unknown = [name for name in constants if name not in FOUND and name not in OFFSETS and not name.startswith("sizeof ")]
for name, value in constants.items():
    if name in FOUND:
        same(name, value, FOUND[name])


# ---- types ----


def all_types(type_):
    found = {type_}
    waiting = [type_]
    while waiting:
        for each in type.__subclasses__(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


for each in all_types(object):
    same(f"slots of {each}", abi.differing_slots(each), [])
    name, basic, item, dict_at, weak_at, flags, base, bases, mro, is_type = abi.type_fields(each)
    same(f"name of {each}", name.rpartition(".")[2], each.__name__)
    ours = [basic, item, dict_at, weak_at, flags, base, bases, mro, is_type]
    theirs = [
        *[each.__basicsize__, each.__itemsize__, each.__dictoffset__, each.__weakrefoffset__, each.__flags__],
        *[each.__base__, each.__bases__, each.__mro__, True],
    ]
    same(f"fields of {each}", ours, theirs)


class Abstract(abc.ABC):
    @abc.abstractmethod
    def method(self): ...


class Record:
    __slots__ = ()


FLAGS = {
    "MANAGED_WEAKREF": ([Plain], [Record, int]),
    "MANAGED_DICT": ([Plain], [Record, int]),
    "SEQUENCE": ([list, tuple, range], [dict, str, int]),
    "MAPPING": ([dict, types.MappingProxyType], [list, set]),
    "DISALLOW_INSTANTIATION": ([type(sys.flags)], [int, Plain]),
    "IMMUTABLETYPE": ([int, list, type], [Plain]),
    "HEAPTYPE": ([Plain, Abstract], [int, abi.Record]),
    "BASETYPE": ([int, Plain, abi.Record], [bool, slice, abi.Text]),
    "HAVE_VECTORCALL": ([types.FunctionType, types.MethodType], [int]),
    "READY": ([int, Plain, abi.Record, abi.Text], []),
    "READYING": ([], [int, Plain, abi.Record]),
    "HAVE_GC": ([list, dict, Plain, abi.Record], [int, str, float]),
    "METHOD_DESCRIPTOR": ([types.FunctionType, types.MethodDescriptorType], [types.BuiltinFunctionType]),
    "IS_ABSTRACT": ([Abstract], [Plain]),
    "ITEMS_AT_END": ([type], [tuple, int]),
}
SUBCLASSES = [("LONG", int), ("LIST", list), ("TUPLE", tuple), ("BYTES", bytes), ("UNICODE", str), ("DICT", dict)]
SUBCLASSES += [("BASE_EXC", BaseException), ("TYPE", type)]
for name, (having, others) in FLAGS.items():
    for each in having:
        same(f"{name} of {each}", name in abi.flags_of(each), True)
    for each in others:
        same(f"{name} of {each}", name in abi.flags_of(each), False)
for name, base in SUBCLASSES:
    for each in [int, bool, list, tuple, bytes, str, dict, collections.OrderedDict, KeyError, abc.ABCMeta, Plain, abi.Text]:
        same(f"{name} of {each}", f"{name}_SUBCLASS" in abi.flags_of(each), issubclass(each, base))

# ---- objects ----


class MyInt(int): ...


class MyStr(str): ...


class MyList(list): ...


class MySet(frozenset): ...


def generator():
    yield


async def coroutine():
    pass


try:
    raise KeyError("a") from ValueError("b")
except KeyError as error:
    raised = error

running = coroutine()
running.close()
EXACT = {
    **{"Long": int, "Float": float, "Complex": complex, "Unicode": str, "Bytes": bytes, "ByteArray": bytearray},
    **{"Tuple": tuple, "List": list, "Dict": dict, "Set": set, "FrozenSet": frozenset, "Type": type, "Module": types.ModuleType},
}
OTHERS = {
    "PyBool_Check": lambda o: type(o) is bool,
    "PyAnySet_Check": lambda o: isinstance(o, (set, frozenset)),
    "PyAnySet_CheckExact": lambda o: type(o) in (set, frozenset),
    "PyExceptionClass_Check": lambda o: isinstance(o, type) and issubclass(o, BaseException),
    "PyExceptionInstance_Check": lambda o: isinstance(o, BaseException),
    "PyWeakref_Check": lambda o: isinstance(o, weakref.ref) or type(o) in weakref.ProxyTypes,
    "PyWeakref_CheckRef": lambda o: isinstance(o, weakref.ref),
    "PyWeakref_CheckProxy": lambda o: type(o) in weakref.ProxyTypes,
    "PyCFunction_Check": lambda o: type(o) is types.BuiltinFunctionType,
    "PyFunction_Check": lambda o: type(o) is types.FunctionType,
    "PyMethod_Check": lambda o: type(o) is types.MethodType,
    "PySlice_Check": lambda o: type(o) is slice,
    "PyMemoryView_Check": lambda o: type(o) is memoryview,
    "PyRange_Check": lambda o: type(o) is range,
    "PyGen_Check": lambda o: type(o) is types.GeneratorType,
    "PyCoro_CheckExact": lambda o: type(o) is types.CoroutineType,
    "PyCode_Check": lambda o: type(o) is types.CodeType,
    "PyFrame_Check": lambda o: type(o) is types.FrameType,
    "PyTraceBack_Check": lambda o: type(o) is types.TracebackType,
    "PyDictKeys_Check": lambda o: type(o) in (type({}.keys()), type(collections.OrderedDict().keys())),
    "PyDictValues_Check": lambda o: type(o) is type({}.values()),
    "PyDictItems_Check": lambda o: type(o) is type({}.items()),
    "PyCapsule_CheckExact": lambda o: type(o) is types.CapsuleType,
    "PyContext_CheckExact": lambda o: type(o).__name__ == "Context",
    "PyDate_Check": lambda o: isinstance(o, datetime.date),
    "PyDateTime_Check": lambda o: isinstance(o, datetime.datetime),
    "PyTime_Check": lambda o: isinstance(o, datetime.time),
    "PyDelta_Check": lambda o: isinstance(o, datetime.timedelta),
    "PyTZInfo_Check": lambda o: isinstance(o, datetime.tzinfo),
    "Py_IsNone": lambda o: o is None,
    "PyObject_IS_GC": lambda o: bool(type(o).__flags__ & (1 << 14)) and not (isinstance(o, type) and not o.__flags__ & (1 << 9)),
    "PyIndex_Check": lambda o: hasattr(type(o), "__index__"),
    "_Py_IsImmortal": sys._is_immortal,
}
alive = Plain()
OBJECTS = [
    *[None, True, False, NotImplemented, ..., 0, 1, 7, 256, 257, -1, -5, -6, 2**29, 2**30, 2**31, -(2**31), 2**64, -(10**40)],
    *[MyInt(3), MyInt(-(2**70)), 0.0, -1.5, math.inf, 1e300, 1j, complex(2.5, -3)],
    *["", "a", "abc" * 50, "\xe9", "caf\xe9", "\u0100", "x\u20ac", "\U0001f600", "a\U0001f600", "\x00", MyStr("sub"), MyStr("s\u20acb")],
    *[MyStr("\U0001f600!"), MyStr("caf\xe9"), abi.Text("text"), abi.Text("t\u20acxt"), sys.intern("interned by name")],
    *[b"", b"a", b"\x00\xff" * 40, bytearray(), bytearray(b"abc"), bytearray(b"x" * 100)[50:], (), (1,), (1, "a", None), [], [1, 2], MyList([3])],
    *[{}, {1: 2}, collections.OrderedDict(a=1), set(), {1, 2}, frozenset(), frozenset("abc"), MySet("de"), int, type, abc.ABCMeta, Plain, abi],
    *[KeyError, KeyError("k"), raised, weakref.ref(alive), weakref.proxy(alive), weakref.proxy(function), len, function, "".join, Plain().__init__],
    *[functools.partial(len), [].append, alive.__class__, generator(), running, function.__code__, sys._getframe(), raised.__traceback__],
    *[slice(1), slice(None, 5, 2), memoryview(b"abc"), memoryview(bytearray(12)).cast("i"), range(5), {}.keys(), {}.values(), {}.items()],
    *[sys.flags, abi.Record(), datetime.date(2024, 2, 29), datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, fold=1)],
    *[datetime.time(12, 34, 56, 789, fold=1), datetime.timedelta(-3, 7, 11), datetime.timezone.utc, datetime.datetime_CAPI, asyncio.Future],
]
bound = types.MethodType(function, 7)
OBJECTS.append(bound)
for o in OBJECTS:
    kind = type(o)
    expected = {f"Py{name}_Check" for name, base in EXACT.items() if isinstance(o, base) and issubclass(kind, base)}
    expected |= {f"Py{name}_CheckExact" for name, base in EXACT.items() if kind is base}
    expected |= {name for name, check in OTHERS.items() if check(o)}
    same(f"checks of {o!r:.80}", abi.checks_of(o), expected)
    if not sys._is_immortal(o):
        same(f"references to {o!r:.80}", abi.count_of(o), sys.getrefcount(o))
    if isinstance(o, str):
        kind_ = 1 if max(o, default="a") < "\u0100" else 2 if max(o) < "\U00010000" else 4
        compact = type(o) is str
        text, *state, interned = abi.text_of(o)
        same(f"characters of {o!r}", text, str(o))
        same(f"state of {o!r}", state, [kind_, o.isascii(), compact, compact and o.isascii()])
        if compact:
            same(f"interned {o!r}", bool(interned), sys._is_interned(o))


def digits(n):
    found = []
    n = abs(n)
    while n:
        found.append(n & (2**30 - 1))
        n >>= 30
    return found


PARTS = {
    int: lambda n: ((n > 0) - (n < 0), digits(n)),
    float: float,
    complex: complex,
    bytes: bytes,
    bytearray: bytes,
    dict: len,
    set: len,
    frozenset: len,
    datetime.date: lambda o: o,
    datetime.datetime: lambda o: o.replace(tzinfo=None),
    datetime.time: lambda o: o,
    datetime.timedelta: lambda o: o,
    slice: lambda o: o,
    types.MethodType: lambda o: (o.__func__, o.__self__),
    KeyError: lambda e: (e.args, e.__traceback__, e.__context__, e.__cause__),
    memoryview: lambda v: (v.obj, v.nbytes, v.itemsize, v.readonly, v.format, v.ndim, v.shape, v.strides),
    tuple: tuple,
    list: list,
}
for o in OBJECTS:
    for base, parts in PARTS.items():
        if type(o) is base or (isinstance(o, (MyInt, MyList, MySet)) and base in type(o).__mro__):
            same(f"parts of {o!r:.80}", abi.parts_of(o), parts(o))
same("parts of len", abi.parts_of(len)[:1], ("len",))
for a, b in [(1, 2), (2, 2), (3, 2), ("a", "b")]:
    same(f"comparisons of {a} and {b}", abi.compare(a, b), (a < b, a <= b, a == b, a != b, a > b, a >= b))

# ---- the C library, and calls ----

with tempfile.TemporaryDirectory() as folder:
    found = abi.library(os.path.join(folder, "file"))
line = f"text 1.500 {1 << 40}"
same("the C library", found, ("1971-01-02 00:00:00 002", line, len(line), len(line), 1, " 2.25|x", errno.ENOENT, 1.625, "wide \xe9"))
same("noargs", abi.noargs(), True)
same("keywords", abi.keywords(2**40, b=b"ab\0c"), (2**40, b"ab\0c", 1))
same("fast", abi.fast(1, "b", None), (1, "b", None))
same("fast with keywords", abi.fast_keywords(1, 2, c=3), (2, ("c",)))
*found, made = abi.calls([1, 2, 2])
same("calls", (found, type(made)), ([(1, 2, 2), 1, 2], object))
same("deep", abi.deep(30), 0)
same("threads", abi.threads(), 2)


def measured(a, b, /, c, *, d=1):
    try:
        return [a, b, c, d]
    finally:
        print(a)


code_names = "consts names exceptiontable filename name qualname flags argcount posonlyargcount kwonlyargcount stacksize firstlineno nlocals"
expected_code = tuple(getattr(measured.__code__, f"co_{name}") for name in code_names.split())
same("code", abi.code_fields(measured.__code__), (*expected_code, opcode.opmap["RESUME"]))

record = abi.Record()
record.big, record.small, record.object, record.other = -(2**62), -128, [1], "in the dict"
same("a record", (record.big, record.small, record.object, record.other), (-(2**62), -128, [1], "in the dict"))
same("a member that was not set", hasattr(abi.Record(), "object"), False)
gone = weakref.ref(record)
record.self = record
del record
gc.collect()
same("a cycle of records", gone(), None)
text = abi.Text("caf\xe9")
same("a text of our type", (text, len(text), text.note, type(text[:2]), {text: 1}["caf\xe9"]), ("caf\xe9", 4, None, str, 1))
same("the module's functions", sorted(n for n in dir(abi) if not n.startswith("_"))[:3], ["Record", "Text", "calls"])

print(compared, *[f"unknown: {name}" for name in unknown], *differing, sep="\n")
