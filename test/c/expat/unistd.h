/* What expat reads from the process for its hash salt. */
static inline int getpid(void) { return 1; }
