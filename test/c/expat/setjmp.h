/* Only for expat's test program: a failed test jumps, which ends the run here. */
#include <stdlib.h>

typedef int jmp_buf[1];
#define setjmp(env) ((env)[0] = 0)
#define longjmp(env, value) ((void)(env), abort())
