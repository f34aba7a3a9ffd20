/* Numbers of instructions of CPython's bytecode, as far as modules in C compare them: programs that trace frames. */
#ifndef Py_OPCODE_H
#define Py_OPCODE_H

#define RESUME 128

#endif
