/* What math.h has in the C library of CPython's host, in addition to libc/include/math.h. */
#include_next <math.h>
#ifndef PYHEAP_HOST_MATH_H
#define PYHEAP_HOST_MATH_H

typedef double double_t;
typedef float float_t;
#define FP_NAN 0
#define FP_INFINITE 1
#define FP_ZERO 2
#define FP_SUBNORMAL 3
#define FP_NORMAL 4
#define fpclassify(x) __builtin_fpclassify(FP_NAN, FP_INFINITE, FP_NORMAL, FP_SUBNORMAL, FP_ZERO, x)
#define isnormal(x) __builtin_isnormal(x)
#define HUGE_VALF __builtin_huge_valf()
#define M_LN2 0.6931471805599453
#define M_LN10 2.302585092994046
#define M_LOG2E 1.4426950408889634
#define M_LOG10E 0.4342944819032518
#define M_PI_4 0.7853981633974483
#define M_SQRT2 1.4142135623730951
#define M_SQRT1_2 0.7071067811865476

PYHEAP_BEGIN
int ilogb(double x);
double logb(double x);
double exp2(double x);
double nextafter(double x, double y);
double remainder(double x, double y);
double remquo(double x, double y, int *quotient);
double scalbn(double x, int power);
double nearbyint(double x);
double fdim(double x, double y);
double fma(double x, double y, double z);
double erf(double x);
double erfc(double x);
double tgamma(double x);
double lgamma(double x);
long lround(double x);
long lrint(double x);
long long llround(double x);
long long llrint(double x);
float sinf(float x);
float cosf(float x);
float tanf(float x);
float atan2f(float y, float x);
float expf(float x);
float logf(float x);
float log2f(float x);
float log10f(float x);
float powf(float x, float y);
float fmodf(float x, float y);
float roundf(float x);
float truncf(float x);
float fminf(float x, float y);
float fmaxf(float x, float y);
float copysignf(float x, float y);
float ldexpf(float x, int power);
float frexpf(float x, int *power);
float nextafterf(float x, float y);
long lroundf(float x);
PYHEAP_END

#endif
