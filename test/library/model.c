/* A random program of malloc and its relatives against a model: every block keeps its content and its alignment, overlaps no other, and has
   room for what it claims. Arguments: seed, steps. Prints a sum, so that two allocators can be compared. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

size_t malloc_usable_size(void *);

#define BLOCKS 4096

static struct {
    unsigned char *at;
    size_t size;
    uint32_t seed;
} blocks[BLOCKS];

static uint32_t state;

static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

/* Mostly small sizes, some up to 100 KB, and seldom up to 3 MB. */
static size_t size(void) {
    const uint32_t kind = next() % 100;
    if (kind < 70) return next() % 200;
    if (kind < 90) return next() % 2000;
    return next() % (kind < 99 ? 100000 : 3000000);
}

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            printf("line %d: %s\n", __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

static unsigned char content(uint32_t seed, size_t k) { return (unsigned char)(seed * 31 + k * 7); }

static void fill(int k) {
    blocks[k].seed = next();
    for (size_t j = 0; j < blocks[k].size; j++) blocks[k].at[j] = content(blocks[k].seed, j);
}

static void check(int k, size_t n) {
    for (size_t j = 0; j < n; j++) MUST(blocks[k].at[j] == content(blocks[k].seed, j));
}

static void keep(int k, void *at, size_t n, size_t alignment) {
    MUST(at != NULL && (uintptr_t)at % alignment == 0 && malloc_usable_size(at) >= n);
    /* The whole usable size is the program's. */
    blocks[k].at = at;
    blocks[k].size = malloc_usable_size(at);
    MUST((uint64_t)(uintptr_t)at + blocks[k].size <= (uint64_t)__builtin_wasm_memory_size(0) << 16);
    fill(k);
}

/* Memory that is taken by sbrk: malloc must never give it out. */
static unsigned char *foreign[8];
static int foreign_count;

static void grow_elsewhere(void) {
    if (foreign_count == 8) return;
    unsigned char *at = sbrk(65536 * (1 + next() % 3));
    memset(at, 0xf0 + foreign_count, 65536);
    foreign[foreign_count++] = at;
}

int main(int argc, char **argv) {
    state = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) | 1 : 1;
    const long steps = argc > 2 ? atol(argv[2]) : 200000;
    MUST(malloc_usable_size(NULL) == 0);
    free(NULL);
    for (long step = 0; step < steps; step++) {
        if (step % 9973 == 0) grow_elsewhere();
        const int k = next() % BLOCKS;
        size_t n = size();
        if (blocks[k].at != NULL) {
            check(k, blocks[k].size);
            if (next() % 3 == 0) {
                const size_t before = blocks[k].size;
                unsigned char *moved = realloc(blocks[k].at, n);
                MUST(moved != NULL);
                blocks[k].at = moved;
                check(k, n < before ? n : before);
                keep(k, moved, n, 16);
                continue;
            }
            free(blocks[k].at);
            blocks[k].at = NULL;
            if (next() % 4 == 0) continue;
        }
        const size_t alignment = (size_t)4 << (next() % 11);
        void *at = NULL;
        switch (next() % 6) {
            case 0:
                at = calloc(n / 8 + 1, 8);
                n = (n / 8 + 1) * 8;
                for (size_t j = 0; j < n; j++) MUST(((unsigned char *)at)[j] == 0);
                keep(k, at, n, 16);
                break;
            case 1:
                keep(k, aligned_alloc(alignment, n), n, alignment);
                break;
            case 2:
                MUST(posix_memalign(&at, alignment, n) == 0);
                keep(k, at, n, alignment);
                break;
            default:
                keep(k, malloc(n), n, 16);
        }
    }
    uint32_t sum = state;
    for (int k = 0; k < BLOCKS; k++) {
        if (blocks[k].at == NULL) continue;
        check(k, blocks[k].size);
        free(blocks[k].at);
    }
    for (int k = 0; k < foreign_count; k++) {
        for (int j = 0; j < 65536; j++) MUST(foreign[k][j] == 0xf0 + k);
    }
    printf("%d regions, %u\n", foreign_count + 1, sum & 0xff);
    return 0;
}
