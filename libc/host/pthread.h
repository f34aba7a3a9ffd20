/* Locks of threads. There is one thread, so a lock is always free, and no other thread can be made. */
#ifndef PYHEAP_PTHREAD_H
#define PYHEAP_PTHREAD_H

#include <time.h>

typedef struct __pthread *pthread_t;
typedef struct {
    int _opaque[6];
} pthread_mutex_t;
typedef struct {
    unsigned _opaque;
} pthread_mutexattr_t;
typedef struct {
    int _opaque[12];
} pthread_cond_t;
typedef struct {
    unsigned _opaque;
} pthread_condattr_t;
typedef struct {
    int _opaque[11];
} pthread_attr_t;
typedef int pthread_once_t;
typedef unsigned pthread_key_t;
#define PTHREAD_MUTEX_INITIALIZER {{0}}
#define PTHREAD_COND_INITIALIZER {{0}}
#define PTHREAD_ONCE_INIT 0

PYHEAP_BEGIN
int pthread_create(pthread_t *to, const pthread_attr_t *attributes, void *(*run)(void *), void *arg);
int pthread_join(pthread_t thread, void **result);
pthread_t pthread_self(void);
int pthread_once(pthread_once_t *once, void (*run)(void));
int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int pthread_mutex_destroy(pthread_mutex_t *mutex);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_trylock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int pthread_cond_destroy(pthread_cond_t *condition);
int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int pthread_cond_signal(pthread_cond_t *condition);
int pthread_cond_broadcast(pthread_cond_t *condition);
int pthread_key_create(pthread_key_t *key, void (*destroy)(void *));
int pthread_key_delete(pthread_key_t key);
void *pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);
PYHEAP_END

#endif
