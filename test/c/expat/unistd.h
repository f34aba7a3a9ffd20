/* What expat reads from the process for its hash salt. */
#ifndef EXPAT_UNISTD_H
#define EXPAT_UNISTD_H

static inline int getpid(void) { return 1; }

#endif
