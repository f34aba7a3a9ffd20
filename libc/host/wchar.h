/* Strings of wide characters. */
#ifndef PYHEAP_WCHAR_H
#define PYHEAP_WCHAR_H

#include <stdarg.h>

#include <pyheap_libc.h>

typedef unsigned wint_t;
typedef struct {
    unsigned _opaque1, _opaque2;
} mbstate_t;
#define WEOF 0xffffffffU

PYHEAP_BEGIN
size_t wcslen(const wchar_t *s);
int wcscmp(const wchar_t *a, const wchar_t *b);
int wcsncmp(const wchar_t *a, const wchar_t *b, size_t n);
wchar_t *wcscpy(wchar_t *restrict to, const wchar_t *restrict from);
wchar_t *wcsncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
wchar_t *wcscat(wchar_t *restrict to, const wchar_t *restrict from);
wchar_t *wcschr(const wchar_t *s, wchar_t c);
wchar_t *wcsrchr(const wchar_t *s, wchar_t c);
wchar_t *wcsstr(const wchar_t *restrict s, const wchar_t *restrict part);
wchar_t *wcsdup(const wchar_t *s);
wchar_t *wmemcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t n);
wchar_t *wmemset(wchar_t *at, wchar_t c, size_t n);
wchar_t *wmemchr(const wchar_t *at, wchar_t c, size_t n);
int wmemcmp(const wchar_t *a, const wchar_t *b, size_t n);
size_t mbstowcs(wchar_t *restrict to, const char *restrict from, size_t n);
size_t wcstombs(char *restrict to, const wchar_t *restrict from, size_t n);
size_t mbrtowc(wchar_t *restrict to, const char *restrict from, size_t n, mbstate_t *restrict state);
size_t wcrtomb(char *restrict to, wchar_t c, mbstate_t *restrict state);
int swprintf(wchar_t *restrict to, size_t n, const wchar_t *restrict format, ...);
PYHEAP_END

#endif
