/* The edges of malloc: no memory, sizes that overflow, wrong alignments, and blocks beyond 2 GiB. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t malloc_usable_size(void *);

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            printf("line %d: %s\n", __LINE__, #condition); \
            return 1; \
        } \
    } while (0)

#define MIB ((size_t)1 << 20)

static int fails(void *block, int error) {
    const int same = block == NULL && errno == error;
    errno = 0;
    return same;
}

int main(void) {
    static char *volatile blocks[64];
    volatile size_t most = SIZE_MAX;
    void *at = (void *)&most;
    /* A block of 0 bytes is a block. */
    char *a = malloc(0), *b = malloc(0);
    MUST(a != NULL && b != NULL && a != b);
    MUST((a = realloc(a, 0)) != NULL);
    free(a);
    free(b);
    /* Nothing is changed by what fails. */
    MUST(fails(malloc(most), ENOMEM) && fails(malloc(most - 65536), ENOMEM) && fails(malloc(most / 2 + 1), ENOMEM));
    MUST(fails(calloc(most / 2, 3), ENOMEM) && fails(calloc(65536, 65537), ENOMEM));
    MUST(fails(aligned_alloc(24, 48), EINVAL) && fails(aligned_alloc(0, 48), EINVAL));
    MUST(fails(aligned_alloc(most / 2 + 1, 48), ENOMEM) && fails(aligned_alloc(65536, most - 100), ENOMEM));
    MUST(posix_memalign(&at, 2, 8) == EINVAL && posix_memalign(&at, 24, 8) == EINVAL && at == (void *)&most);
    MUST(posix_memalign(&at, 4096, most - 8192) == ENOMEM && at == (void *)&most && errno == 0);
    strcpy(a = malloc(100), "kept");
    MUST(fails(realloc(a, most), ENOMEM) && strcmp(a, "kept") == 0);

    /* Blocks of 128 MiB up to the end of the address space. */
    int count = 0;
    while ((blocks[count] = malloc(128 * MIB)) != NULL) {
        memset(blocks[count], count, 16);
        memset(blocks[count] + 128 * MIB - 16, count, 16);
        count++;
    }
    MUST(errno == ENOMEM && count >= 30);
    MUST((uintptr_t)blocks[count - 1] > 0xe0000000u);
    /* Small ones still fit, in what is left. */
    char *small[1000];
    for (int k = 0; k < 1000; k++) MUST((small[k] = calloc(1, 500)) != NULL);
    for (int k = 0; k < 1000; k++) free(small[k]);
    for (int k = 0; k < count; k++) {
        MUST(blocks[k][15] == k && blocks[k][128 * MIB - 1] == k && malloc_usable_size(blocks[k]) >= 128 * MIB);
    }
    /* What was freed beyond 2 GiB is used again, and joined. */
    for (int k = count - 10; k < count; k++) free(blocks[k]);
    MUST((uintptr_t)(blocks[0] = realloc(blocks[0], 1200 * MIB)) > 0x80000000u);
    MUST(blocks[0][15] == 0 && blocks[0][128 * MIB - 1] == 0);
    MUST(strcmp(a, "kept") == 0);
    printf("%d blocks\n", count);
    return 0;
}
