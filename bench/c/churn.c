/* A loop of malloc and free, like that of a C program: random blocks of random sizes are replaced. */

#include <stdlib.h>

#ifdef FROM_PYTHON
#include <Python.h>
#define ALLOCATE(n) PyMem_Malloc(n)
#define RELEASE(p) PyMem_Free(p)
#else
#define ALLOCATE(n) malloc(n)
#define RELEASE(p) free(p)
#endif

static unsigned next(unsigned state) {
    state ^= state << 13;
    state ^= state >> 17;
    return state ^ state << 5;
}

/* Allocates a block of low..high bytes for every slot. Returns the state of the random numbers; 0 if there is no
   memory. */
unsigned fill(char **slots, unsigned count, unsigned low, unsigned high, unsigned state) {
    for (unsigned k = 0; k < count; k++) {
        state = next(state);
        slots[k] = ALLOCATE(low + state % (high - low + 1));
        if (slots[k] == NULL) return 0;
        *slots[k] = 1;
    }
    return state;
}

unsigned replace(char **slots, unsigned count, unsigned low, unsigned high, unsigned steps, unsigned state) {
    for (; steps != 0; steps--) {
        state = next(state);
        char **slot = &slots[state % count];
        RELEASE(*slot);
        state = next(state);
        *slot = ALLOCATE(low + state % (high - low + 1));
        if (*slot == NULL) return 0;
        **slot = 1;
    }
    return state;
}
