// <wctype.h>: the host knows the classes of Unicode; text.c of capi/objects has their numbers.

#include <wctype.h>

extern int pyheap_is_character(unsigned class, unsigned c);
extern unsigned pyheap_to_case(unsigned class, unsigned c);

PYHEAP_DEFINED int iswlower(wint_t c) { return pyheap_is_character(0, c); }
PYHEAP_DEFINED int iswupper(wint_t c) { return pyheap_is_character(1, c); }
PYHEAP_DEFINED int iswalpha(wint_t c) { return pyheap_is_character(3, c); }
PYHEAP_DEFINED int iswdigit(wint_t c) { return c >= '0' && c <= '9'; }
PYHEAP_DEFINED int iswalnum(wint_t c) { return iswdigit(c) || iswalpha(c); }
PYHEAP_DEFINED int iswprint(wint_t c) { return pyheap_is_character(7, c); }
PYHEAP_DEFINED wint_t towlower(wint_t c) { return pyheap_to_case(0, c); }
PYHEAP_DEFINED wint_t towupper(wint_t c) { return pyheap_to_case(1, c); }

// All spaces but those that do not break a line.
PYHEAP_DEFINED int iswspace(wint_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0x1680 || (c >= 0x2000 && c <= 0x2006) ||
           (c >= 0x2008 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x205f || c == 0x3000;
}
