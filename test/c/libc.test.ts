// The small C library: what the standard says about each function, in C code that returns the line of the first
// mistake.

import { describe, expect, it } from "vitest";
import { Heap } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build } from "./build.js";

const HEAD = `
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#define STEP(condition) do { if (!(condition)) return __LINE__; } while (0)
`;

const STRINGS = `${HEAD}
int check(void) {
    char buffer[100], *rest;
    STEP(strlen("") == 0 && strlen("abc") == 3 && strnlen("abc", 2) == 2 && strnlen("abc", 9) == 3);
    STEP(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("ab", "a") > 0 && strcmp("x", "x") == 0);
    STEP(strcmp("\\xff", "a") > 0 && memcmp("\\xff", "a", 1) > 0 && memcmp("ab", "ac", 1) == 0);
    STEP(strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0 && strncmp("a", "a", 9) == 0 && strcoll("a", "b") < 0);
    STEP(strcasecmp("HeLLo", "hEllO") == 0 && strncasecmp("ABx", "aby", 2) == 0 && strcasecmp("a", "B") < 0);
    STEP(strcpy(buffer, "one") == buffer && strcmp(strcat(buffer, "two"), "onetwo") == 0);
    STEP(strcmp(strncat(buffer, "three", 2), "onetwoth") == 0);
    memset(buffer, 'x', sizeof(buffer));
    STEP(strncpy(buffer, "ab", 5) == buffer && memcmp(buffer, "ab\\0\\0\\0x", 6) == 0);
    STEP(strncpy(buffer, "abcdef", 3) == buffer && memcmp(buffer, "abc\\0\\0x", 6) == 0);
    const char *text = "hello, world";
    STEP(strchr(text, 'o') == text + 4 && strrchr(text, 'o') == text + 8 && strchr(text, 0) == text + 12);
    STEP(strchr(text, 'z') == NULL && strrchr(text, 'z') == NULL && memchr(text, 'w', 12) == text + 7 && !memchr(text, 'w', 5));
    STEP(strstr(text, "wor") == text + 7 && strstr(text, "") == text && strstr(text, "word") == NULL);
    STEP(strspn(text, "leh") == 4 && strcspn(text, ", ") == 5 && strpbrk(text, "wr") == text + 7 && !strpbrk(text, "z"));
    strcpy(buffer, "  a b  c ");
    STEP(strcmp(strtok_r(buffer, " ", &rest), "a") == 0 && strcmp(strtok_r(NULL, " ", &rest), "b") == 0);
    STEP(strcmp(strtok_r(NULL, " ", &rest), "c") == 0 && strtok_r(NULL, " ", &rest) == NULL);
    char *copy = strdup("copied"), *part = strndup("copied", 3);
    STEP(strcmp(copy, "copied") == 0 && strcmp(part, "cop") == 0);
    free(copy), free(part);
    strcpy(buffer, "0123456789");
    memmove(buffer + 2, buffer, 8);
    STEP(strcmp(buffer, "0101234567") == 0);
    STEP(memcpy(buffer, "zz", 2) == buffer && buffer[1] == 'z' && memset(buffer, 'y', 3) == buffer && buffer[2] == 'y');
    STEP(strcmp(strerror(ENOMEM), "Out of memory") == 0 && strerror(12345) != NULL);
    STEP(isdigit('7') && !isdigit('a') && isalpha('Q') && !isalpha('[') && isspace('\\n') && isxdigit('F') && !isxdigit('g'));
    STEP(isupper('A') && islower('a') && isalnum('0') && ispunct('!') && !ispunct(' ') && isprint(' ') && !isgraph(' '));
    STEP(iscntrl('\\t') && isblank('\\t') && toupper('a') == 'A' && tolower('Z') == 'z' && tolower('1') == '1');
    return 0;
}`;

const NUMBERS = `${HEAD}
static int order(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int check(void) {
    char *end;
    STEP(strtol("  -42x", &end, 10) == -42 && *end == 'x' && strtol("0x1F", NULL, 0) == 31 && strtol("017", NULL, 0) == 15);
    STEP(strtol("zz", NULL, 36) == 35 * 36 + 35 && strtol("", &end, 10) == 0 && strtol("0xg", &end, 16) == 0 && *end == 'x');
    const char *none = "none";
    STEP(strtol(none, &end, 10) == 0 && end == none);
    errno = 0;
    STEP(strtol("2147483647", NULL, 10) == LONG_MAX && errno == 0 && strtol("2147483648", NULL, 10) == LONG_MAX && errno == ERANGE);
    errno = 0;
    STEP(strtol("-2147483648", NULL, 10) == LONG_MIN && errno == 0 && strtol("-2147483649", NULL, 10) == LONG_MIN && errno == ERANGE);
    errno = 0;
    STEP(strtoul("4294967295", NULL, 10) == ULONG_MAX && errno == 0 && strtoul("4294967296", NULL, 10) == ULONG_MAX && errno == ERANGE);
    STEP(strtoll("-9223372036854775808", NULL, 10) == LLONG_MIN && strtoull("18446744073709551615", NULL, 10) == ULLONG_MAX);
    STEP(atoi("12ab") == 12 && atol("-7") == -7 && atof("2.5e3") == 2500);
    STEP(strtod(" -1.5e-3x", &end) == -0.0015 && *end == 'x' && strtod(".5", NULL) == 0.5 && strtod("5.", &end) == 5 && *end == 0);
    STEP(strtod("1e", &end) == 1 && *end == 'e' && strtod(".", &end) == 0 && *end == '.' && strtof("0.25", NULL) == 0.25f);
    STEP(isinf(strtod("-inf", &end)) && *end == 0 && strtod("-inf", NULL) < 0 && isnan(strtod("nan", NULL)));
    STEP(isinf(strtod("Infinity!", &end)) && *end == '!');
    STEP(abs(-3) == 3 && labs(-3L) == 3 && llabs(-3LL) == 3);

    int numbers[200];
    for (int n = 0; n <= 200; n += 7) {
        srand(n);
        for (int k = 0; k < n; k++) numbers[k] = rand() % 50;
        qsort(numbers, n, sizeof(int), order);
        for (int k = 1; k < n; k++) STEP(numbers[k - 1] <= numbers[k]);
        for (int k = 0; k < n; k++) STEP(*(int *)bsearch(&numbers[k], numbers, n, sizeof(int), order) == numbers[k]);
        const int absent = 99;
        STEP(bsearch(&absent, numbers, n, sizeof(int), order) == NULL);
    }
    srand(1);
    const int first = rand();
    srand(1);
    STEP(rand() == first && rand() != first && first >= 0);

    int power;
    double whole;
    STEP(sqrt(16) == 4 && fabs(-2.5) == 2.5 && floor(-1.5) == -2 && ceil(-1.5) == -1 && trunc(-1.5) == -1);
    STEP(round(2.5) == 3 && round(-2.5) == -3 && round(0.49999999999999994) == 0 && rint(2.5) == 2 && signbit(round(-0.2)));
    STEP(copysign(1, -0.0) == -1 && fmax(1, NAN) == 1 && fmax(NAN, 1) == 1 && fmin(1, 2) == 1 && fmin(NAN, 2) == 2);
    STEP(fmod(7.5, 2) == 1.5 && fmod(-7.5, 2) == -1.5 && isnan(fmod(1, 0)) && modf(-2.25, &whole) == -0.25 && whole == -2);
    STEP(ldexp(0.75, 4) == 12 && ldexp(1, 1023) * 2 == HUGE_VAL && ldexp(1, -1074) > 0 && ldexp(1, -1075) == 0);
    STEP(ldexp(1, 5000) == HUGE_VAL && ldexp(1, -5000) == 0 && ldexp(0x1p-1074, 2000) == 0x1p926);
    STEP(frexp(12, &power) == 0.75 && power == 4 && frexp(0x1p-1074, &power) == 0.5 && power == -1073 && frexp(0, &power) == 0);
    STEP(sqrtf(4) == 2 && fabsf(-1) == 1 && floorf(1.5f) == 1 && ceilf(1.5f) == 2);
    STEP(pow(2, 10) == 1024 && pow(1, NAN) == 1 && pow(-1, INFINITY) == 1 && pow(NAN, 0) == 1);
    STEP(sin(0) == 0 && cos(0) == 1 && tan(0) == 0 && asin(0) == 0 && acos(1) == 0 && atan(0) == 0 && atan2(0, 1) == 0);
    STEP(sinh(0) == 0 && cosh(0) == 1 && tanh(0) == 0 && asinh(0) == 0 && acosh(1) == 0 && atanh(0) == 0);
    STEP(exp(0) == 1 && expm1(0) == 0 && log(1) == 0 && log10(1000) == 3 && log2(8) == 3 && log1p(0) == 0);
    STEP(cbrt(27) == 3 && hypot(3, 4) == 5);
    time_t now;
    STEP(time(&now) == now && now > 1700000000 && clock() >= 0 && getenv("HOME") == NULL);
    STEP(strcmp(PRId64, "lld") == 0);
    return 0;
}`;

const PRINTED = `${HEAD}
static char out[2000];
static const char *f(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(out, sizeof(out), format, values);
    va_end(values);
    return out;
}
#define IS(expected, ...) STEP(strcmp(f(__VA_ARGS__), expected) == 0)
int check(void) {
    IS("plain % text", "plain %% text");
    IS("[   42][42   ][00042][+42][ 42]", "[%5d][%-5d][%05d][%+d][% d]", 42, 42, 42, 42, 42);
    IS("-0042 [     -42] [  -042]", "%05d [%*d] [%6.3d]", -42, 8, -42, -42);
    IS("[42  ][]", "[%*d][%.0d]", -4, 42, 0);
    IS("ff FF 0xff 0XFF 377 0377 0", "%x %X %#x %#X %o %#o %#x", 255, 255, 255, 255, 255, 255, 0);
    IS("-128 255 -1 65535", "%hhd %hhu %hd %hu", 128, 255, 65535, 65535);
    IS("-9223372036854775808 18446744073709551615", "%lld %llu", LLONG_MIN, ULLONG_MAX);
    IS("7 8 9 4294967295", "%ld %zu %jd %u", 7L, (size_t)8, (intmax_t)9, 4294967295u);
    IS("[abc][ab][     abc][abc     ]", "[%s][%.2s][%8s][%-8s]", "abc", "abc", "abc", "abc");
    IS("x[  y][z  ]", "%c[%3c][%-3c]", 'x', 'y', 'z');
    IS("3.141593 3.14 3 3.", "%f %.2f %.0f %#.0f", 3.14159265, 3.14159265, 3.14159265, 3.14159265);
    IS("0 2 2 4 0.1 1e+22", "%.0f %.0f %.0f %.0f %g %g", 0.5, 1.5, 2.5, 3.5, 0.1, 1e22);
    IS("1.000000e+00 1.5e-10 9.99E+99 1e+100", "%e %.1e %.2E %.0e", 1.0, 1.5e-10, 9.99e99, 9.99e99);
    IS("100000 1e+06 0.0001 1e-05 1.00000 1.5", "%g %g %g %g %#g %G", 1e5, 1e6, 1e-4, 1e-5, 1.0, 1.5);
    IS("10000000000000000000000.0", "%.1f", 1e22);
    IS("0.1000000000000000055511151231257827021181583404541015625", "%.55f", 0.1);
    IS("[  -1.50][-1.50  ][-0001.50][+1.50]", "[%7.2f][%-7.2f][%08.2f][%+.2f]", -1.5, -1.5, -1.5, 1.5);
    IS("inf -inf nan INF [  inf]", "%f %f %f %F [%05f]", INFINITY, -INFINITY, NAN, INFINITY, INFINITY);
    IS("-0.0 0e+00 4.94066e-324 1.7976931348623157e+308", "%.1f %.0e %g %.17g", -0.0, 0.0, 5e-324, 1.7976931348623157e308);
    IS("2.50 -1e-05", "%.2Lf %Lg", 2.5L, -1e-5L);
    int n = 0;
    IS("ab", "ab%n", &n);
    STEP(n == 2);
    STEP(strcmp(f("%p", (void *)4096), "0x1000") == 0 && strcmp(f("%s", (char *)NULL), "(null)") == 0);
    char few[4];
    STEP(snprintf(few, sizeof(few), "%d", 123456) == 6 && strcmp(few, "123") == 0 && snprintf(NULL, 0, "%s", "four") == 4);
    STEP(sprintf(out, "%d-%d", 1, 2) == 3 && strcmp(out, "1-2") == 0);
    return 0;
}
void speak(void) {
    for (int k = 0; k < 40; k++) printf("%d,", k);
    puts("");
    fprintf(stderr, "to %s\\n", "stderr");
    fputs("a", stdout), putchar('b'), putc('c', stdout), fputc('d', stdout), fwrite("ef", 1, 2, stdout), fflush(stdout);
    errno = ENOMEM;
    perror("no");
}
void wrong(int x) { assert(x == 3); }
void stop(void) { abort(); }
void leave(void) { exit(7); }`;

const DATES = `${HEAD}
#include <wctype.h>
int check(void) {
    time_t at = 951827696; /* 2000-02-29 12:34:56 */
    struct tm parts, *found = gmtime_r(&at, &parts);
    STEP(found == &parts && parts.tm_year == 100 && parts.tm_mon == 1 && parts.tm_mday == 29 && parts.tm_hour == 12);
    STEP(parts.tm_min == 34 && parts.tm_sec == 56 && parts.tm_wday == 2 && parts.tm_yday == 59 && timegm(&parts) == at);
    for (at = -62135596800; at < 253402300800; at += 86400 * 97 + 12345) {
        parts = *gmtime(&at);
        STEP(timegm(&parts) == at && parts.tm_yday >= 0 && parts.tm_yday < 366 && parts.tm_wday >= 0 && parts.tm_wday < 7);
    }
    parts = (struct tm){.tm_year = 100, .tm_mon = 12, .tm_mday = 31};
    STEP(mktime(&parts) == 980899200 && parts.tm_year == 101 && parts.tm_mon == 0 && parts.tm_yday == 30);
    at = 0;
    STEP(localtime(&at)->tm_mday == 1 && localtime_r(&at, &parts)->tm_wday == 4 && difftime(3, 1) == 2);
    struct timespec now;
    tzset();
    STEP(clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec > 1700000000 && now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
    errno = 0;
    STEP(!fopen("x", "r") && errno == ENOENT && fread(&now, 1, 1, stdin) == 0 && feof(stdin) && !ferror(stdin));
    STEP(fgetc(stdin) == EOF && !fgets((char *)&now, 4, stdin) && fileno(stderr) == 2 && fclose(stdin) == 0);
    STEP(fseek(stdin, 0, SEEK_SET) == -1 && errno == ESPIPE && ftell(stdin) == -1);
    STEP(iswalpha(0xe9) && !iswalpha('1') && iswspace(0x3000) && !iswspace(0xa0) && iswdigit('7') && iswalnum('7'));
    STEP(iswlower(0xe9) && iswupper(0xc9) && iswprint(0xe9) && !iswprint(7) && towlower(0xc9) == 0xe9 && towupper('a') == 'A');
    STEP(lround(2.5) == 3 && llround(-2.5) == -3 && lrint(2.5) == 2 && nearbyint(3.5) == 4 && scalbn(1.5, 3) == 12);
    STEP(nextafter(1, 2) == 1 + 0x1p-52 && nextafter(1, 0) == 1 - 0x1p-53 && nextafter(0, -1) == -0x1p-1074 && isnan(nextafter(NAN, 1)));
    STEP(nextafter(-1, -2) == -1 - 0x1p-52 && nextafter(3, 3) == 3);
    volatile __int128 wide = ((__int128)0x123456789abcdef0 << 64) | 0xfedcba9876543210;
    volatile unsigned __int128 product = (unsigned __int128)wide * 0x10001;
    STEP((uint64_t)product == 0xfedcba9876543210 * 0x10001ULL && (uint64_t)(product >> 64) == 0x68acf13579adddcd);
    return 0;
}`;

describe.runIf(canCompile)("the small C library", () => {
  for (const [name, text] of Object.entries({ STRINGS, NUMBERS, DATES, PRINTED })) {
    it(`has ${name.toLowerCase()} as the standard says`, async () => {
      const heap = await Heap.create();
      const path = await build(name.toLowerCase(), text, ["-fno-builtin", "-Wno-format", "-Wno-unused-function"]);
      expect((await heap.load(path)).call("check"), "the line of what is wrong").toBe(0);
    });
  }

  it("writes to the host, and ends as C does", async () => {
    const heap = await Heap.create();
    const written = new Map<number, string>();
    const imports = {
      pyheap_write: (fd: number, at: number, n: number) => {
        const bytes = new Uint8Array(heap.memory.buffer, at >>> 0, n).slice();
        written.set(fd, (written.get(fd) ?? "") + new TextDecoder().decode(bytes));
      },
    };
    const path = await build("printed", PRINTED, ["-fno-builtin", "-Wno-format", "-Wno-unused-function"]);
    const module = await heap.load(path, { imports });
    module.call("speak");
    expect(written.get(1)).toBe(`${Array.from({ length: 40 }, (_, k) => `${k},`).join("")}\nabcdef`);
    expect(written.get(2)).toBe("to stderr\nno: Out of memory\n");
    module.call("wrong", 3);
    expect(() => module.call("wrong", 4)).toThrow(WebAssembly.RuntimeError);
    expect(written.get(2)).toMatch(/printed\.c:\d+: assertion failed: x == 3\n$/);
    expect(() => module.call("stop")).toThrow(WebAssembly.RuntimeError);
    expect(() => module.call("leave")).toThrow("The program called exit(7)");
  });
});
