#ifndef PYHEAP_MATH_H
#define PYHEAP_MATH_H

#include "pyheap_libc.h"

#define HUGE_VAL __builtin_huge_val()
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define M_E 2.718281828459045
#define M_PI 3.141592653589793
#define M_PI_2 1.5707963267948966

#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)
#define isfinite(x) __builtin_isfinite(x)
#define signbit(x) __builtin_signbit(x)

PYHEAP_BEGIN

/* The host provides these. */
double sin(double x);
double cos(double x);
double tan(double x);
double asin(double x);
double acos(double x);
double atan(double x);
double atan2(double y, double x);
double sinh(double x);
double cosh(double x);
double tanh(double x);
double asinh(double x);
double acosh(double x);
double atanh(double x);
double exp(double x);
double expm1(double x);
double log(double x);
double log10(double x);
double log2(double x);
double log1p(double x);
double cbrt(double x);
double hypot(double x, double y);
double pow(double x, double y);

/* libc/math.c has these. */
PYHEAP_HIDDEN_BEGIN
double sqrt(double x);
double fabs(double x);
double floor(double x);
double ceil(double x);
double trunc(double x);
double round(double x);
double rint(double x);
double copysign(double x, double y);
double fmod(double x, double y);
double ldexp(double x, int power);
double frexp(double x, int *power);
double modf(double x, double *whole);
double fmax(double x, double y);
double fmin(double x, double y);
float sqrtf(float x);
float fabsf(float x);
float floorf(float x);
float ceilf(float x);
PYHEAP_HIDDEN_END
PYHEAP_END

#endif
