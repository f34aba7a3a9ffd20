/* Files by their numbers, and the process. */
#ifndef PYHEAP_UNISTD_H
#define PYHEAP_UNISTD_H

#include <sys/types.h>

#include <pyheap_libc.h>

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define F_OK 0
#define R_OK 4
#define W_OK 2
#define X_OK 1

PYHEAP_BEGIN
extern char **environ;
ssize_t read(int fd, void *to, size_t n);
ssize_t write(int fd, const void *from, size_t n);
ssize_t pread(int fd, void *to, size_t n, off_t offset);
ssize_t pwrite(int fd, const void *from, size_t n, off_t offset);
off_t lseek(int fd, off_t offset, int from);
int close(int fd);
int dup(int fd);
int dup2(int fd, int other);
int fsync(int fd);
int ftruncate(int fd, off_t size);
int truncate(const char *path, off_t size);
int access(const char *path, int mode);
int unlink(const char *path);
int rmdir(const char *path);
int chdir(const char *path);
char *getcwd(char *to, size_t n);
int isatty(int fd);
pid_t getpid(void);
pid_t getppid(void);
uid_t getuid(void);
gid_t getgid(void);
int usleep(unsigned microseconds);
unsigned sleep(unsigned seconds);
PYHEAP_END

#endif
