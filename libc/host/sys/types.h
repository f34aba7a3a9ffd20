/* Numbers of the operating system. */
#ifndef PYHEAP_SYS_TYPES_H
#define PYHEAP_SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef long long off_t;
typedef long long time_t;
typedef int pid_t;
typedef unsigned uid_t;
typedef unsigned gid_t;
typedef unsigned mode_t;
typedef unsigned long dev_t;
typedef unsigned long long ino_t;
typedef unsigned long nlink_t;
typedef long blksize_t;
typedef int blkcnt_t;
typedef unsigned useconds_t;
typedef long long suseconds_t;
typedef int clockid_t;
typedef long clock_t;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned u_int;
typedef unsigned long u_long;
typedef uint8_t u_int8_t;
typedef uint16_t u_int16_t;
typedef uint32_t u_int32_t;
typedef uint64_t u_int64_t;

#endif
