// A module for CPython in C++: virtual functions, a constructor that runs when the module is loaded, and memory of the host's operator new.

#include <Python.h>
#include <new>

namespace {

struct Box {
    int value;
    explicit Box(int v) : value(v) {}
    virtual ~Box() {}
    virtual int times() const { return 2 * value; }
};
struct Other : Box {
    using Box::Box;
    int times() const override { return 3 * value; }
};
Box *global = new Other(14);

PyObject *run(PyObject *, PyObject *arg) {
    Box *box = new (std::nothrow) Box(PyLong_AsLong(arg));
    const int sum = box->times() + global->times();
    delete box;
    return PyUnicode_FromFormat("%d %s", sum, PyList_Check(arg) ? "list" : "int");
}

PyMethodDef functions[] = {{"run", run, METH_O, nullptr}, {nullptr, nullptr, 0, nullptr}};
PyModuleDef definition = {PyModuleDef_HEAD_INIT, "cpp", nullptr, -1, functions};

} // namespace

PyMODINIT_FUNC PyInit_cpp(void) { return PyModule_Create(&definition); }
