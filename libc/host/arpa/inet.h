/* The order of bytes on networks. */
#ifndef PYHEAP_ARPA_INET_H
#define PYHEAP_ARPA_INET_H

#include <stdint.h>

#define htons(x) __builtin_bswap16(x)
#define ntohs(x) __builtin_bswap16(x)
#define htonl(x) __builtin_bswap32(x)
#define ntohl(x) __builtin_bswap32(x)

#endif
