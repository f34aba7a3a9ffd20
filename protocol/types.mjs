// The types that are at fixed places in the core, in the order of their places.
//
//   constant     the place, as the core and the host call it
//   name         the type's name in Python
//   variable     the type's name in C; "" if it has none
//   functions    dealloc, hash, compare, repr: the functions for its entries of the table

/** Built-in types. The place of a built-in type is its kind. */
export const BUILT_IN = [
  {
    constant: "NONE",
    name: "NoneType",
    variable: "_PyNone_Type",
    functions: ["immortal_dealloc", "none_hash", "identity_compare", "none_repr"],
  },
  {
    constant: "NOT_IMPLEMENTED",
    name: "NotImplementedType",
    variable: "_PyNotImplemented_Type",
    functions: ["immortal_dealloc", "identity_hash", "identity_compare", "notimplemented_repr"],
  },
  {
    constant: "TYPE",
    name: "type",
    variable: "PyType_Type",
    functions: ["type_dealloc", "identity_hash", "identity_compare", "type_repr"],
  },
  {
    constant: "BOOL",
    name: "bool",
    variable: "PyBool_Type",
    functions: ["immortal_dealloc", "int_hash", "int_richcompare", "bool_repr"],
  },
  {
    constant: "INT",
    name: "int",
    variable: "PyLong_Type",
    functions: ["int_dealloc", "int_hash", "int_richcompare", "int_repr"],
  },
  {
    constant: "FLOAT",
    name: "float",
    variable: "PyFloat_Type",
    functions: ["float_dealloc", "float_hash", "float_compare", "float_repr"],
  },
  {
    constant: "STR",
    name: "str",
    variable: "PyUnicode_Type",
    functions: ["str_dealloc", "str_hash", "str_compare", "str_repr"],
  },
  {
    constant: "BYTES",
    name: "bytes",
    variable: "PyBytes_Type",
    functions: ["bytes_dealloc", "bytes_hash", "bytes_compare", "bytes_repr"],
  },
  {
    constant: "TUPLE",
    name: "tuple",
    variable: "PyTuple_Type",
    functions: ["tuple_dealloc", "tuple_hash", "tuple_compare", "tuple_repr"],
  },
  {
    constant: "LIST",
    name: "list",
    variable: "PyList_Type",
    functions: ["list_dealloc", "unhashable_hash", "list_compare", "list_repr"],
  },
  {
    constant: "DICT",
    name: "dict",
    variable: "PyDict_Type",
    functions: ["dict_dealloc", "unhashable_hash", "dict_compare", "dict_repr"],
  },
  {
    constant: "SET",
    name: "set",
    variable: "PySet_Type",
    functions: ["set_dealloc", "unhashable_hash", "set_compare", "set_repr"],
  },
  {
    constant: "FROZENSET",
    name: "frozenset",
    variable: "PyFrozenSet_Type",
    functions: ["set_dealloc", "frozenset_hash", "set_compare", "set_repr"],
  },
  {
    constant: "REF",
    name: "weakref.ReferenceType",
    variable: "_PyWeakref_RefType",
    functions: ["ref_dealloc", "ref_hash", "ref_compare", "ref_repr"],
  },
  {
    constant: "FUNCTION",
    name: "function",
    variable: "",
    functions: ["function_dealloc", "identity_hash", "identity_compare", "object_repr"],
  },
];

/** The kind of all other types. Its place is the head of the ring of these types. */
export const USER = {
  constant: "USER",
  functions: ["instance_dealloc", "identity_hash", "identity_compare", "object_repr"],
};

/** The Python/C API's own types, at the places after that of USER. */
export const OWN = [
  { constant: "BASE_OBJECT", name: "object", variable: "PyBaseObject_Type" },
  { constant: "BUILTIN", name: "builtin_function_or_method", variable: "PyCFunction_Type" },
  { constant: "METHOD_DESCRIPTOR", name: "method_descriptor", variable: "PyMethodDescr_Type" },
  { constant: "MEMBER_DESCRIPTOR", name: "member_descriptor", variable: "PyMemberDescr_Type" },
  { constant: "GETSET_DESCRIPTOR", name: "getset_descriptor", variable: "PyGetSetDescr_Type" },
  { constant: "MODULE", name: "module", variable: "PyModule_Type" },
  { constant: "MODULE_DEF", name: "moduledef", variable: "PyModuleDef_Type" },
];
