// <math.h>: the functions that need no approximation. The host provides sin, exp, pow and the like.

#include <math.h>
#include <stdint.h>

PYHEAP_DEFINED double sqrt(double x) { return __builtin_sqrt(x); }
PYHEAP_DEFINED double fabs(double x) { return __builtin_fabs(x); }
PYHEAP_DEFINED double floor(double x) { return __builtin_floor(x); }
PYHEAP_DEFINED double ceil(double x) { return __builtin_ceil(x); }
PYHEAP_DEFINED double trunc(double x) { return __builtin_trunc(x); }
PYHEAP_DEFINED double rint(double x) { return __builtin_rint(x); }
PYHEAP_DEFINED double copysign(double x, double y) { return __builtin_copysign(x, y); }
PYHEAP_DEFINED float sqrtf(float x) { return __builtin_sqrtf(x); }
PYHEAP_DEFINED float fabsf(float x) { return __builtin_fabsf(x); }
PYHEAP_DEFINED float floorf(float x) { return __builtin_floorf(x); }
PYHEAP_DEFINED float ceilf(float x) { return __builtin_ceilf(x); }

PYHEAP_DEFINED double fmax(double x, double y) { return isnan(x) || x < y ? y : x; }
PYHEAP_DEFINED double fmin(double x, double y) { return isnan(x) || x > y ? y : x; }

/* Halves are rounded away from zero. */
PYHEAP_DEFINED double round(double x) {
    const double whole = trunc(x);
    return fabs(x - whole) >= 0.5 ? whole + copysign(1, x) : copysign(whole, x);
}

PYHEAP_DEFINED double modf(double x, double *whole) {
    *whole = trunc(x);
    return copysign(isinf(x) ? 0 : x - *whole, x);
}

/* The host computes x % y, which is exact. */
extern double pyheap_remainder(double x, double y);

PYHEAP_DEFINED double fmod(double x, double y) { return pyheap_remainder(x, y); }

static double two_to(int power) { return __builtin_bit_cast(double, (uint64_t)(power + 1023) << 52); }

/* x times 2 to the power, rounded once. */
PYHEAP_DEFINED double ldexp(double x, int power) {
    for (int k = 0; k < 2 && power > 1023; k++, power -= 1023) x *= two_to(1023);
    // Divides in steps: the digits stay above the smallest normal number until the last step, so only that step rounds.
    for (int k = 0; k < 2 && power < -1022; k++, power += 969) x *= two_to(-969);
    if (power > 1023) power = 1023;
    if (power < -1022) power = -1022;
    return x * two_to(power);
}

/* Splits x into a number in [0.5, 1) and a power of two. */
PYHEAP_DEFINED double frexp(double x, int *power) {
    *power = 0;
    if (x == 0 || !isfinite(x)) return x;
    const double normal = fabs(x) < two_to(-1022) ? x * two_to(64) : x;
    const uint64_t bits = __builtin_bit_cast(uint64_t, normal);
    *power = (int)(bits >> 52 & 0x7ff) - 1022 - (normal == x ? 0 : 64);
    return __builtin_bit_cast(double, (bits & ~(UINT64_C(0x7ff) << 52)) | UINT64_C(1022) << 52);
}

PYHEAP_DEFINED long lround(double x) { return (long)round(x); }
PYHEAP_DEFINED long long llround(double x) { return (long long)round(x); }
PYHEAP_DEFINED long lrint(double x) { return (long)rint(x); }
PYHEAP_DEFINED double nearbyint(double x) { return rint(x); }
PYHEAP_DEFINED double scalbn(double x, int power) { return ldexp(x, power); }

/* The number next to x on the way to y. Of two doubles with the same sign, the one farther from 0 has the higher bits. */
PYHEAP_DEFINED double nextafter(double x, double y) {
    if (isnan(x) || isnan(y)) return x + y;
    if (x == y) return y;
    if (x == 0) return copysign(__builtin_bit_cast(double, UINT64_C(1)), y);
    const uint64_t bits = __builtin_bit_cast(uint64_t, x);
    return __builtin_bit_cast(double, (x < y) == (x > 0) ? bits + 1 : bits - 1);
}
