/* Locales. */
#ifndef PYHEAP_LOCALE_H
#define PYHEAP_LOCALE_H

#include <pyheap_libc.h>

#define LC_CTYPE 0
#define LC_NUMERIC 1
#define LC_TIME 2
#define LC_COLLATE 3
#define LC_MONETARY 4
#define LC_MESSAGES 5
#define LC_ALL 6

PYHEAP_BEGIN
char *setlocale(int category, const char *locale);
PYHEAP_END

#endif
