/* A cache that is never emptied: `pyheap run --debug-hooks` names the function that filled it. */

#include <Python.h>

static char *cache[100];

static char *remember(const char *text) {
    char *copy = PyMem_New(char, strlen(text) + 1);
    return copy != NULL ? strcpy(copy, text) : NULL;
}

int main(void) {
    for (int k = 0; k < 100; k++) cache[k] = remember("the same text, once more");
    char *line = malloc(5000);
    if (line == NULL) return 1;
    snprintf(line, 5000, "%s", cache[99]);
    puts(line);
    return 0;
}
