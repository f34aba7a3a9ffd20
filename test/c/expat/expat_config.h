/* What expat's configure script would find. */
#define BYTEORDER 1234
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define PACKAGE_VERSION "2.5.0"
#define XML_CONTEXT_BYTES 1024
#define XML_DTD 1
#define XML_NS 1
/* There is no source of entropy for C here: the hash salt is the address of the parser. */
#define XML_POOR_ENTROPY 1
