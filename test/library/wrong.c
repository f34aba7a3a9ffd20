/* Frees an address inside a large block. */
#include <stdlib.h>

int main(void) {
    char *block = calloc(1, 10000);
    free(block + 1600);
    return 0;
}
