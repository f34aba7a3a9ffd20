// printf and related functions: flags, width, precision and length as in C. The host makes the digits of doubles.
//
//   % flags width .precision length conversion
//
// A sink takes what is written: memory of a given length, or a small buffer that goes to a file when it is full.

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct sink {
    /* Where the next bytes go, how many fit, and how many there were. */
    char *to;
    size_t room;
    size_t written;
    /* NULL if the sink is memory. */
    FILE *file;
    char buffer[128];
};

static void flush(struct sink *sink) {
    fwrite(sink->buffer, 1, (size_t)(sink->to - sink->buffer), sink->file);
    sink->to = sink->buffer;
    sink->room = sizeof(sink->buffer);
}

static void put(struct sink *sink, const char *from, size_t n) {
    sink->written += n;
    while (n > sink->room && sink->file != NULL) {
        const size_t part = sink->room;
        memcpy(sink->to, from, part);
        sink->to += part;
        from += part;
        n -= part;
        flush(sink);
    }
    if (n > sink->room) n = sink->room;
    memcpy(sink->to, from, n);
    sink->to += n;
    sink->room -= n;
}

static void put_many(struct sink *sink, char c, int64_t n) {
    for (; n > 0; n--) put(sink, &c, 1);
}

struct spec {
    bool left, plus, space, alternate, zero;
    int width;
    /* -1 if none was given. */
    int precision;
    char conversion;
};

/* Prefix (a sign, 0x), zeros and digits, in the field that the spec asks for. */
static void put_number(struct sink *sink, const struct spec *spec, const char *prefix, int zeros, const char *digits,
                       size_t n) {
    const int prefix_length = (int)strlen(prefix);
    const int64_t fill = (int64_t)spec->width - prefix_length - zeros - (int64_t)n;
    const bool with_zeros = spec->zero && !spec->left;
    if (!spec->left && !with_zeros) put_many(sink, ' ', fill);
    put(sink, prefix, (size_t)prefix_length);
    if (with_zeros) put_many(sink, '0', fill);
    put_many(sink, '0', zeros);
    put(sink, digits, n);
    if (spec->left) put_many(sink, ' ', fill);
}

static const char *sign_of(const struct spec *spec, bool negative) {
    return negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
}

static void put_integer(struct sink *sink, struct spec spec, uint64_t value, bool negative) {
    const unsigned base = spec.conversion == 'o'                                    ? 8
                          : (spec.conversion | 32) == 'x' || spec.conversion == 'p' ? 16
                                                                                    : 10;
    const char *letters = spec.conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[24];
    char *first = digits + sizeof(digits);
    for (uint64_t rest = value; rest != 0; rest /= base) *--first = letters[rest % base];
    const int n = (int)(digits + sizeof(digits) - first);
    int zeros = spec.precision < 0 ? (n == 0 ? 1 : 0) : spec.precision > n ? spec.precision - n : 0;
    if (spec.alternate && base == 8 && zeros == 0) zeros = 1;
    const char *prefix = "";
    if (spec.conversion == 'd')
        prefix = sign_of(&spec, negative);
    else if (spec.conversion == 'p' || (spec.alternate && base == 16 && value != 0))
        prefix = spec.conversion == 'X' ? "0X" : "0x";
    if (spec.precision >= 0) spec.zero = false;
    put_number(sink, &spec, prefix, zeros, first, (size_t)n);
}

/* The host writes the digits of a finite double, without a sign, and returns how many bytes that are: at most `room`. */
extern size_t pyheap_format(char *to, size_t room, double value, int conversion, int precision, int alternate);

static void put_double(struct sink *sink, struct spec spec, double value) {
    const bool negative = __builtin_signbit(value);
    const char *sign = sign_of(&spec, negative);
    const bool upper = spec.conversion >= 'A' && spec.conversion <= 'Z';
    if (!__builtin_isfinite(value)) {
        spec.zero = false;
        const char *word = value != value ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
        put_number(sink, &spec, sign, 0, word, 3);
        return;
    }
    char digits[512];
    const int precision = spec.precision < 0 ? 6 : spec.precision;
    const size_t n =
        pyheap_format(digits, sizeof(digits), negative ? -value : value, spec.conversion, precision, spec.alternate);
    put_number(sink, &spec, sign, 0, digits, n);
}

/* The double nearest to a long double, whose mantissa has 112 bits. It needs no library of long double arithmetic. */
static double double_of(long double value) {
    uint64_t words[2];
    __builtin_memcpy(words, &value, sizeof(words));
    const uint64_t sign = words[1] & UINT64_C(1) << 63;
    const int power = (int)(words[1] >> 48 & 0x7fff) - 16383 + 1023;
    const uint64_t mantissa = (words[1] << 16 >> 12) | words[0] >> 60;
    uint64_t bits = UINT64_C(0x7ff) << 52;
    if (power == 0x7fff - 16383 + 1023)
        bits |= mantissa;
    else if (power <= 0)
        bits = 0;
    else if (power < 0x7ff)
        bits = ((uint64_t)power << 52 | mantissa) + (words[0] >> 59 & 1);
    return __builtin_bit_cast(double, sign | bits);
}

static void put_string(struct sink *sink, const struct spec *spec, const char *s) {
    if (s == NULL) s = "(null)";
    const size_t n = spec->precision < 0 ? strlen(s) : strnlen(s, (size_t)spec->precision);
    const int64_t fill = (int64_t)spec->width - (int64_t)n;
    if (!spec->left) put_many(sink, ' ', fill);
    put(sink, s, n);
    if (spec->left) put_many(sink, ' ', fill);
}

/* A number in the format; INT_MAX if it is larger. */
static int read_number(const char **at) {
    int value = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        const int digit = **at - '0';
        value = value > (INT_MAX - digit) / 10 ? INT_MAX : value * 10 + digit;
    }
    return value;
}

static void read_flags(struct spec *spec, const char **at) {
    for (;; ++*at) {
        switch (**at) {
        case '-': spec->left = true; break;
        case '+': spec->plus = true; break;
        case ' ': spec->space = true; break;
        case '#': spec->alternate = true; break;
        case '0': spec->zero = true; break;
        default: return;
        }
    }
}

/* The size of an argument in bytes: 1 and 2 are an int that is cut to a char or short, 16 is a long double. */
static int read_length(const char **at) {
    switch (**at) {
    case 'h':
        if (*++*at == 'h') return ++*at, 1;
        return 2;
    case 'l':
        if (*++*at == 'l') return ++*at, 8;
        return 4;
    case 'j': ++*at; return 8;
    case 'z':
    case 't': ++*at; return 4;
    case 'L': ++*at; return 16;
    default: return 4;
    }
}

static int64_t signed_of(int64_t value, int bytes) {
    return bytes == 1 ? (signed char)value : bytes == 2 ? (short)value : value;
}

static uint64_t unsigned_of(uint64_t value, int bytes) {
    return bytes == 1 ? (unsigned char)value : bytes == 2 ? (unsigned short)value : value;
}

static void format_all(struct sink *sink, const char *format, va_list values) {
    for (const char *at = format; *at != 0;) {
        const char *next = strchr(at, '%');
        if (next == NULL) next = at + strlen(at);
        put(sink, at, (size_t)(next - at));
        if (*next == 0) return;
        at = next + 1;

        struct spec spec = {.precision = -1};
        read_flags(&spec, &at);
        spec.width = *at == '*' ? (at++, va_arg(values, int)) : read_number(&at);
        if (spec.width < 0) {
            spec.left = true;
            spec.width = -spec.width;
        }
        if (*at == '.') {
            at++;
            spec.precision = *at == '*' ? (at++, va_arg(values, int)) : read_number(&at);
        }
        const int bytes = read_length(&at);
        spec.conversion = *at;
        if (*at == 0) return;
        at++;
        switch (spec.conversion) {
        case 'd':
        case 'i': {
            const int64_t wide = bytes == 8 ? va_arg(values, int64_t) : va_arg(values, int);
            const int64_t value = signed_of(wide, bytes);
            spec.conversion = 'd';
            put_integer(sink, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
            break;
        }
        case 'u':
        case 'x':
        case 'X':
        case 'o': {
            const uint64_t wide = bytes == 8 ? va_arg(values, uint64_t) : va_arg(values, unsigned);
            put_integer(sink, spec, unsigned_of(wide, bytes), false);
            break;
        }
        case 'p': put_integer(sink, spec, (uintptr_t)va_arg(values, void *), false); break;
        case 'f':
        case 'F':
        case 'e':
        case 'E':
        case 'g':
        case 'G':
            put_double(sink, spec, bytes == 16 ? double_of(va_arg(values, long double)) : va_arg(values, double));
            break;
        case 'c': {
            const char c = (char)va_arg(values, int);
            if (!spec.left) put_many(sink, ' ', spec.width - 1);
            put(sink, &c, 1);
            if (spec.left) put_many(sink, ' ', spec.width - 1);
            break;
        }
        case 's': put_string(sink, &spec, va_arg(values, const char *)); break;
        case 'n': *va_arg(values, int *) = (int)sink->written; break;
        default: put(sink, &spec.conversion, 1);
        }
    }
}

/* The number of bytes written; -1 if it does not fit an int. */
static int length_of(const struct sink *sink) { return sink->written > INT_MAX ? -1 : (int)sink->written; }

PYHEAP_DEFINED int vsnprintf(char *restrict to, size_t n, const char *restrict format, va_list values) {
    struct sink sink = {.to = to, .room = n == 0 ? 0 : n - 1};
    format_all(&sink, format, values);
    if (n != 0) *sink.to = 0;
    return length_of(&sink);
}

PYHEAP_DEFINED int vfprintf(FILE *restrict file, const char *restrict format, va_list values) {
    struct sink sink = {.file = file};
    sink.to = sink.buffer;
    sink.room = sizeof(sink.buffer);
    format_all(&sink, format, values);
    flush(&sink);
    return length_of(&sink);
}

PYHEAP_DEFINED int vprintf(const char *restrict format, va_list values) { return vfprintf(stdout, format, values); }

PYHEAP_DEFINED int vsprintf(char *restrict to, const char *restrict format, va_list values) {
    return vsnprintf(to, (size_t)0x7fffffff, format, values);
}

#define PASS(call) \
    va_list values; \
    va_start(values, format); \
    const int written = call; \
    va_end(values); \
    return written

PYHEAP_DEFINED int printf(const char *restrict format, ...) { PASS(vfprintf(stdout, format, values)); }

/* The compiler calls these in programs that print no double, or no long double. Larger C libraries have smaller
   versions; here they are the same. */
PYHEAP_DEFINED int iprintf(const char *restrict format, ...) { PASS(vfprintf(stdout, format, values)); }

PYHEAP_DEFINED int fiprintf(FILE *restrict file, const char *restrict format, ...) {
    PASS(vfprintf(file, format, values));
}

PYHEAP_DEFINED int siprintf(char *restrict to, const char *restrict format, ...) { PASS(vsprintf(to, format, values)); }

PYHEAP_DEFINED int __small_printf(const char *restrict format, ...) { PASS(vfprintf(stdout, format, values)); }

PYHEAP_DEFINED int __small_fprintf(FILE *restrict file, const char *restrict format, ...) {
    PASS(vfprintf(file, format, values));
}

PYHEAP_DEFINED int __small_sprintf(char *restrict to, const char *restrict format, ...) {
    PASS(vsprintf(to, format, values));
}

PYHEAP_DEFINED int fprintf(FILE *restrict file, const char *restrict format, ...) {
    PASS(vfprintf(file, format, values));
}

PYHEAP_DEFINED int sprintf(char *restrict to, const char *restrict format, ...) { PASS(vsprintf(to, format, values)); }

PYHEAP_DEFINED int snprintf(char *restrict to, size_t n, const char *restrict format, ...) {
    PASS(vsnprintf(to, n, format, values));
}
