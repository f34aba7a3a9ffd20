/* The Python/C API, as far as pyheap has it. Names, signatures and meanings are those of CPython 3.14; names of Python 1.5 are there, too.
 *
 *   patchlevel.h    the version, for programs that ask
 *   abi.h           the version of the structs' layouts, which each module has
 *   pyport.h        types, and how functions are declared
 *   object.h        objects, types, reference counts
 *   objimpl.h       memory of objects, and the collector
 *   methodobject.h  methods, and functions as objects
 *   descrobject.h   attributes that a type defines
 *   moduleobject.h  modules
 *   call.h          calls of objects
 *   ceval.h         recursion, threads
 *   abstract.h      what can be done with any object; numbers, sequences, mappings, iterators
 *   longobject.h, floatobject.h, unicodeobject.h, bytesobject.h, tupleobject.h, listobject.h, dictobject.h, setobject.h, weakrefobject.h
 *                   the built-in types
 *   unicodewriter.h strings that are written piece by piece
 *   pybuffer.h      bytes in place
 *   modsupport.h    arguments and values, as a format says
 *   pymem.h         PyMem_*, PyObject_Malloc and related functions, allocators, Py_Malloc of 1.5
 *   pyerrors.h      errors
 *   tracemalloc.h   PyTraceMalloc_*
 *   cpython/        the rest of CPython's API. On a heap some of it exists; a call of another function there is an error
 *
 * docs/c-api.md lists every function, and what is not there.
 */
#ifndef Py_PYTHON_H
#define Py_PYTHON_H

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patchlevel.h"
#include "pyport.h"
#include "pymem.h"
#include "object.h"
#include "objimpl.h"
#include "methodobject.h"
#include "descrobject.h"
#include "moduleobject.h"
#include "call.h"
#include "ceval.h"
#include "abstract.h"
#include "longobject.h"
#include "floatobject.h"
#include "unicodeobject.h"
#include "unicodewriter.h"
#include "bytesobject.h"
#include "tupleobject.h"
#include "listobject.h"
#include "dictobject.h"
#include "setobject.h"
#include "weakrefobject.h"
#include "pybuffer.h"
#include "modsupport.h"
#include "pyerrors.h"
#include "tracemalloc.h"

/* The rest of CPython's API. */
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "cpython/names.h"
#include "cpython/threads.h"
#include "cpython/importing.h"
#include "cpython/capsule.h"
#include "cpython/buffers.h"
#include "cpython/numbers.h"
#include "cpython/text.h"
#include "cpython/types.h"
#include "cpython/running.h"
#include "cpython/errors.h"

#endif
