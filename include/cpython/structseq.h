/* Programs include this for named tuples, which Python.h has as well. */
#include <Python.h>
