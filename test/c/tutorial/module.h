/* Shared by the four stages: a module called custom with the type, made in several phases. */

static int custom_exec(PyObject *module) {
#ifdef FROM_SPEC
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    return PyModule_Add(module, "Custom", type);
#else
    return PyModule_AddType(module, &CustomType);
#endif
}

static PyModuleDef_Slot custom_slots[] = {
    {Py_mod_exec, custom_exec},
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
    {0, NULL},
};

static PyModuleDef custom_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "custom",
    .m_doc = DOC,
    .m_size = 0,
    .m_slots = custom_slots,
};

PyMODINIT_FUNC PyInit_custom(void) { return PyModuleDef_Init(&custom_module); }
