/* Programs include this for frames, which Python.h has as well. */
#include <Python.h>
