/* For expat's test program alone: a test that fails jumps out, and here that ends the run. */
#include <stdlib.h>

typedef int jmp_buf[1];
#define setjmp(env) ((env)[0] = 0)
#define longjmp(env, value) ((void)(env), abort())
