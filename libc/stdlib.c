// <stdlib.h>, <errno.h>, <assert.h> and <time.h>: numbers, sorting, searching, random numbers, time, and the end of a program.

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

PYHEAP_DEFINED int *pyheap_errno(void) {
    static int number;
    return &number;
}

PYHEAP_DEFINED void abort(void) { __builtin_trap(); }

PYHEAP_DEFINED void pyheap_assertion(const char *condition, const char *file, int line) {
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}

/* Always NULL: there is no environment. */
PYHEAP_DEFINED char *getenv(const char *name) {
    (void)name;
    return NULL;
}

PYHEAP_DEFINED int abs(int x) { return x < 0 ? -x : x; }
PYHEAP_DEFINED long labs(long x) { return x < 0 ? -x : x; }
PYHEAP_DEFINED long long llabs(long long x) { return x < 0 ? -x : x; }

// ---- numbers from text ----

static int digit_of(char c) {
    if (isdigit(c)) return c - '0';
    if (isalpha(c)) return tolower(c) - 'a' + 10;
    return 36;
}

/* The magnitude of the number at *at. If it is above the limit, the result is the limit, and errno is ERANGE. *at moves
   to the end of the number, or becomes NULL if there is none. */
static uint64_t magnitude(const char **at, int base, bool *negative, uint64_t limit_plus, uint64_t limit_minus) {
    const char *s = *at;
    while (isspace((unsigned char)*s)) s++;
    *negative = *s == '-';
    if (*s == '-' || *s == '+') s++;
    if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 32) == 'x' && digit_of(s[2]) < 16) {
        s += 2;
        base = 16;
    } else if (base == 0) {
        base = *s == '0' ? 8 : 10;
    }
    const uint64_t limit = *negative ? limit_minus : limit_plus;
    uint64_t value = 0;
    bool over = false;
    const char *first = s;
    for (; digit_of(*s) < base; s++) {
        const unsigned digit = (unsigned)digit_of(*s);
        if (value > (limit - digit) / (unsigned)base)
            over = true;
        else
            value = value * (unsigned)base + digit;
    }
    *at = s != first ? s : NULL;
    if (!over) return value;
    errno = ERANGE;
    return limit;
}

static uint64_t number(const char *s, char **end, int base, uint64_t limit_plus, uint64_t limit_minus) {
    bool negative;
    const char *at = s;
    const uint64_t value = magnitude(&at, base, &negative, limit_plus, limit_minus);
    if (end != NULL) *end = (char *)(at != NULL ? at : s);
    return negative ? -value : value;
}

PYHEAP_DEFINED long strtol(const char *restrict s, char **restrict end, int base) {
    return (long)number(s, end, base, LONG_MAX, (uint64_t)LONG_MAX + 1);
}

PYHEAP_DEFINED long long strtoll(const char *restrict s, char **restrict end, int base) {
    return (long long)number(s, end, base, LLONG_MAX, (uint64_t)LLONG_MAX + 1);
}

PYHEAP_DEFINED unsigned long strtoul(const char *restrict s, char **restrict end, int base) {
    return (unsigned long)number(s, end, base, ULONG_MAX, ULONG_MAX);
}

PYHEAP_DEFINED unsigned long long strtoull(const char *restrict s, char **restrict end, int base) {
    return number(s, end, base, ULLONG_MAX, ULLONG_MAX);
}

PYHEAP_DEFINED int atoi(const char *s) { return (int)strtol(s, NULL, 10); }
PYHEAP_DEFINED long atol(const char *s) { return strtol(s, NULL, 10); }
PYHEAP_DEFINED double atof(const char *s) { return strtod(s, NULL); }

/* The host's conversion of a text of n characters to the nearest double. */
extern double pyheap_number(const char *s, size_t n);

static size_t digits(const char *s) {
    size_t n = 0;
    while (isdigit((unsigned char)s[n])) n++;
    return n;
}

/* The length of a number that is written as a word: inf, infinity, nan. */
static size_t word_length(const char *s) {
    if (strncasecmp(s, "infinity", 8) == 0) return 8;
    return strncasecmp(s, "inf", 3) == 0 || strncasecmp(s, "nan", 3) == 0 ? 3 : 0;
}

PYHEAP_DEFINED float strtof(const char *restrict s, char **restrict end) { return (float)strtod(s, end); }

PYHEAP_DEFINED double strtod(const char *restrict s, char **restrict end) {
    const char *first = s;
    while (isspace((unsigned char)*first)) first++;
    const char *at = first;
    if (*at == '-' || *at == '+') at++;
    const size_t word = word_length(at);
    if (word > 0) {
        if (end != NULL) *end = (char *)at + word;
        const double value = tolower((unsigned char)*at) == 'n' ? __builtin_nan("") : __builtin_huge_val();
        return *first == '-' ? -value : value;
    }
    const size_t whole = digits(at);
    at += whole;
    size_t part = 0;
    if (*at == '.') {
        part = digits(at + 1);
        if (whole + part > 0) at += 1 + part;
    }
    if (whole + part == 0) {
        if (end != NULL) *end = (char *)s;
        return 0;
    }
    if ((*at | 32) == 'e') {
        const size_t sign = at[1] == '-' || at[1] == '+';
        const size_t power = digits(at + 1 + sign);
        if (power > 0) at += 1 + sign + power;
    }
    if (end != NULL) *end = (char *)at;
    return pyheap_number(first, (size_t)(at - first));
}

// ---- sorting and searching ----

static void swap(char *a, char *b, size_t size) {
    for (; size != 0; size--, a++, b++) {
        const char kept = *a;
        *a = *b;
        *b = kept;
    }
}

/* Restores the heap (for heapsort) below `root`, where only the root may be out of place. */
static void sift(char *base, size_t root, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) return;
        if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0) child++;
        if (compare(base + root * size, base + child * size) >= 0) return;
        swap(base + root * size, base + child * size, size);
        root = child;
    }
}

/* Heapsort: it needs no memory, and its worst case is as fast as the average. */
PYHEAP_DEFINED void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    for (size_t root = count / 2; root-- > 0;) sift(base, root, count, size, compare);
    for (size_t last = count; last-- > 1;) {
        swap(base, (char *)base + last * size, size);
        sift(base, 0, last, size, compare);
    }
}

PYHEAP_DEFINED void *bsearch(const void *key, const void *base, size_t count, size_t size,
                             int (*compare)(const void *, const void *)) {
    const char *low = base;
    while (count > 0) {
        const char *middle = low + count / 2 * size;
        const int order = compare(key, middle);
        if (order == 0) return (void *)middle;
        if (order > 0) {
            low = middle + size;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}

static uint64_t random_state = 1;

PYHEAP_DEFINED void srand(unsigned seed) { random_state = seed; }

PYHEAP_DEFINED int rand(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (int)(random_state >> 33);
}

// ---- time ----

/* Seconds since 1970, by the host's clock. */
extern double pyheap_now(void);

PYHEAP_DEFINED time_t time(time_t *at) {
    const time_t now = (time_t)pyheap_now();
    if (at != NULL) *at = now;
    return now;
}

PYHEAP_DEFINED clock_t clock(void) {
    static double begun;
    const double now = pyheap_now();
    if (begun == 0) begun = now;
    return (clock_t)((now - begun) * CLOCKS_PER_SEC);
}
