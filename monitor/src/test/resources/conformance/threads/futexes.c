// builds: musl-static, glibc-dynamic
/* futex(2) by its errors and its semantics: bitsets, requeueing, priority inheritance, robust lists, waitv. */
#include "say.h"
enum {
    FUTEX_WAIT, FUTEX_WAKE, FUTEX_FD, FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP, FUTEX_LOCK_PI, FUTEX_UNLOCK_PI,
    FUTEX_TRYLOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET, FUTEX_WAIT_REQUEUE_PI, FUTEX_CMP_REQUEUE_PI
};
#define FUTEX_PRIVATE_FLAG 128
#define FUTEX_CLOCK_REALTIME 256
#define FUTEX_WAIT_PRIVATE (FUTEX_WAIT | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAKE_PRIVATE (FUTEX_WAKE | FUTEX_PRIVATE_FLAG)
#define FUTEX_CMP_REQUEUE_PRIVATE (FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG)
#define FUTEX_LOCK_PI_PRIVATE (FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG)
#define FUTEX_UNLOCK_PI_PRIVATE (FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG)
#define FUTEX_TRYLOCK_PI_PRIVATE (FUTEX_TRYLOCK_PI | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAIT_BITSET_PRIVATE (FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAKE_BITSET_PRIVATE (FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAIT_REQUEUE_PI_PRIVATE (FUTEX_WAIT_REQUEUE_PI | FUTEX_PRIVATE_FLAG)
#define FUTEX_CMP_REQUEUE_PI_PRIVATE (FUTEX_CMP_REQUEUE_PI | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAITERS 0x80000000u
#define FUTEX_OWNER_DIED 0x40000000u
#define FUTEX_TID_MASK 0x3fffffff
enum { FUTEX_OP_SET, FUTEX_OP_ADD, FUTEX_OP_OR, FUTEX_OP_ANDN, FUTEX_OP_XOR, FUTEX_OP_OPARG_SHIFT = 8, FUTEX_OP_CMP_EQ = 0 };
#define FUTEX_OP(op, oparg, cmp, cmparg) \
    (((op & 0xf) << 28) | ((cmp & 0xf) << 24) | ((oparg & 0xfff) << 12) | (cmparg & 0xfff))
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static uint32_t word, other;
static long futex(uint32_t *a, int op, uint32_t v, const void *t, uint32_t *b, uint32_t v3)
{
    return syscall(SYS_futex, a, op, v, t, b, v3);
}
#define ms(n) (&(struct timespec){0, (n) * 1000000L})
static struct timespec soon(int clock, long millis)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_nsec += millis * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}
static void pause_ms(long n) { struct timespec t = {n / 1000, n % 1000 * 1000000}; nanosleep(&t, 0); }

static volatile int started, tids[6];
static void begins(void)
{
    int tid = syscall(SYS_gettid);
    tids[__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST)] = tid;
}
static void all_wait(int count)
{
    for (int i = 0; i < count; i++) {
        while (!tids[i]) pause_ms(1);
        await_asleep(tids[i]);
    }
}
static void none_yet(void)
{
    started = 0;
    memset((void *)tids, 0, sizeof tids);
}
static void *waiter(void *bits)
{
    begins();
    long r = futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, 0, 0, (uint32_t)(long)bits);
    return (void *)r;
}
static void *plain_waiter(void *a)
{
    begins();
    return (void *)futex(&word, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
}

static void basics(void)
{
    word = 5;
    SAY(futex(&word, FUTEX_WAIT, 4, 0, 0, 0));
    SAY(futex(&word, FUTEX_WAIT, 5, ms(1), 0, 0));
    SAY(futex(&word, FUTEX_WAIT_BITSET, 5, 0, 0, 0));
    struct timespec past = {1, 0};
    SAY(futex(&word, FUTEX_WAIT_BITSET, 5, &past, 0, ~0u));
    struct timespec t = soon(CLOCK_REALTIME, 5);
    SAY(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 5, &t, 0, ~0u));
    t = soon(CLOCK_MONOTONIC, 5);
    SAY(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 5, &t, 0, 1));
    struct timespec bad = {0, 1000000000};
    SAY(futex(&word, FUTEX_WAIT, 5, &bad, 0, 0));
    bad = (struct timespec){-1, 0};
    SAY(futex(&word, FUTEX_WAIT, 5, &bad, 0, 0));
    SAY(futex(&word, FUTEX_WAIT_BITSET, 5, &bad, 0, 1));
    SAY(futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 5, 0, 0, 0));
    SAY(futex((uint32_t *)((char *)&word + 2), FUTEX_WAKE, 5, 0, 0, 0));
    SAY(futex((uint32_t *)16, FUTEX_WAIT, 5, 0, 0, 0));
    SAY(futex((uint32_t *)16, FUTEX_WAKE, 5, 0, 0, 0));
    SAY(futex((uint32_t *)16, FUTEX_WAKE_PRIVATE, 5, 0, 0, 0));
    SAY(futex(&word, FUTEX_WAIT, 5, (void *)16, 0, 0));
    SAY(futex(&word, FUTEX_WAKE, 1, 0, 0, 0));
    SAY(futex(&word, FUTEX_WAKE_BITSET, 1, 0, 0, 0));
    SAY(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, 0, 0, 0));
    SAY(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 5, ms(1), 0, 0));
    SAY(futex(&word, FUTEX_FD, 1, 0, 0, 0));
    SAY(futex(&word, 63, 1, 0, 0, 0));
    SAY(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &other, 4));
    SAY(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &other, 5));
    SAY(futex(&word, FUTEX_CMP_REQUEUE, -1, (void *)1, &other, 5));
    SAY(futex(&word, FUTEX_REQUEUE, 1, (void *)-1L, &other, 5));
    SAY(futex(&word, FUTEX_REQUEUE, 1, (void *)1, (uint32_t *)16, 5));
    other = 3;
    SAY(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_ADD, 4, FUTEX_OP_CMP_EQ, 3)));
    SHOW("other %u", other);
    SAY(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT, 4, FUTEX_OP_CMP_EQ, 3)));
    SHOW("other %u", other);
    SAY(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(9, 4, FUTEX_OP_CMP_EQ, 3)));
    SAY(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, (uint32_t *)16, FUTEX_OP(FUTEX_OP_ADD, 4, FUTEX_OP_CMP_EQ, 3)));
}

static void bitsets(void)
{
    pthread_t a, b, c;
    word = 0;
    none_yet();
    pthread_create(&a, 0, waiter, (void *)1L);
    pthread_create(&b, 0, waiter, (void *)2L);
    pthread_create(&c, 0, waiter, (void *)4L);
    all_wait(3);
    SAY(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 9, 0, 0, 8));
    SAY(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 9, 0, 0, 2));
    void *r;
    pthread_join(b, &r);
    SHOW("b %ld", (long)r);
    SAY(futex(&word, FUTEX_WAKE_PRIVATE, 9, 0, 0, 0));
    pthread_join(a, &r), pthread_join(c, &r);
    none_yet();
    pthread_t t[6];
    for (int i = 0; i < 6; i++) pthread_create(&t[i], 0, plain_waiter, 0);
    all_wait(6);
    SAY(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)2, &other, 0));
    SAY(futex(&other, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0));
    SAY(futex(&word, FUTEX_WAKE_PRIVATE, 9, 0, 0, 0));
    SAY(futex(&other, FUTEX_WAKE_PRIVATE, 9, 0, 0, 0));
    for (int i = 0; i < 6; i++) pthread_join(t[i], 0);
}

static uint32_t pi;
static volatile int step;
static void *holder(void *a)
{
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SHOW("owner %d waiters %d", (pi & FUTEX_TID_MASK) == syscall(SYS_gettid), pi >> 31);
    step = 1;
    while (step != 2) pause_ms(1);
    await_asleep(getpid());
    SHOW("owner %d waiters %d", (pi & FUTEX_TID_MASK) == syscall(SYS_gettid), pi >> 31);
    // said when both threads are done: whoever gets the lock goes on at the same time
    return (void *)futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0);
}
static void *dies(void *a)
{
    futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0);
    step = 1;
    while (step != 2) pause_ms(1);
    await_asleep(getpid());
    syscall(SYS_exit, 0);
    return 0;
}
static uint32_t cond;
static void *requeued(void *a)
{
    begins();
    long r = futex(&cond, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, 0, &pi, 0);
    SHOW("requeued %ld errno %s owner %d", r, r ? error_name(errno) : "0", (pi & FUTEX_TID_MASK) == syscall(SYS_gettid));
    SAY(futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
    return 0;
}

static void inheritance(void)
{
    int me = syscall(SYS_gettid);
    pi = 0;
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SHOW("mine %d", pi == me);
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex(&pi, FUTEX_TRYLOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
    SHOW("free %u", pi);
    SAY(futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex(&pi, FUTEX_TRYLOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex(&pi, FUTEX_UNLOCK_PI, 0, 0, 0, 0));
    pi = 0;
    SAY(futex(&pi, 13, 0, 0, 0, 0));
    struct timespec t = soon(CLOCK_MONOTONIC, 20);
    SAY(futex(&pi, 13 | FUTEX_PRIVATE_FLAG, 0, &t, 0, 0));
    pi = 0x3ffffff0;
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex(&pi, FUTEX_TRYLOCK_PI_PRIVATE, 0, 0, 0, 0));
    pi = FUTEX_OWNER_DIED;
    SAY(futex(&pi, FUTEX_TRYLOCK_PI_PRIVATE, 0, 0, 0, 0));
    SHOW("died kept %d mine %d", (pi & FUTEX_OWNER_DIED) != 0, (pi & FUTEX_TID_MASK) == me);
    pi = 0;
    SAY(futex((uint32_t *)((char *)&pi + 1), FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex((uint32_t *)16, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex((uint32_t *)16, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));

    pthread_t a;
    step = 0;
    pthread_create(&a, 0, holder, 0);
    while (step != 1) pause_ms(1);
    SAY(futex(&pi, FUTEX_TRYLOCK_PI_PRIVATE, 0, 0, 0, 0));
    SAY(futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
    t = soon(CLOCK_REALTIME, 20);
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, &t, 0, 0));
    t = (struct timespec){1, 0};
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, &t, 0, 0));
    t = (struct timespec){1, 1000000000};
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, &t, 0, 0));
    step = 2;
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SHOW("mine %d", (pi & FUTEX_TID_MASK) == me);
    void *unlocked_there;
    pthread_join(a, &unlocked_there);
    SHOW("unlocked %ld", (long)unlocked_there);
    SAY(futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));

    step = 0;
    pthread_attr_t attr;
    pthread_create(&a, 0, dies, 0);
    while (step != 1) pause_ms(1);
    step = 2;
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    SHOW("owner died %d mine %d", (pi & FUTEX_OWNER_DIED) != 0, (pi & FUTEX_TID_MASK) == me);
    SAY(futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));

    pi = 0, cond = 0;
    none_yet();
    SAY(futex(&pi, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
    pthread_create(&a, 0, requeued, 0);
    all_wait(1);
    SAY(futex(&cond, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)5, &pi, 1));
    SAY(futex(&cond, FUTEX_CMP_REQUEUE_PI_PRIVATE, 2, (void *)5, &pi, 0));
    SAY(futex(&cond, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)5, &cond, 0));
    SAY(futex(&cond, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)5, &pi, 0));
    long unlocked = futex(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0);
    pthread_join(a, 0);
    SHOW("unlocked %ld", unlocked);
    SAY(futex(&cond, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 1, 0, &pi, 0));
    SAY(futex(&cond, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, 0, &cond, 0));
    t = soon(CLOCK_MONOTONIC, 10);
    SAY(futex(&cond, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, &t, &pi, 0));
}

static pthread_mutex_t mutex;
static void *keeps(void *a)
{
    pthread_mutex_lock(&mutex);
    return 0;
}
static long counter;
static void *counts(void *a)
{
    for (int i = 0; i < 300; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return 0;
}
static void mutexes(int protocol, int robust, int shared)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    SHOW("protocol %d robust %d shared %d: %d %d %d", protocol, robust, shared, pthread_mutexattr_setprotocol(&attr, protocol),
         pthread_mutexattr_setrobust(&attr, robust), pthread_mutexattr_setpshared(&attr, shared));
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    SHOW("init %d", pthread_mutex_init(&mutex, &attr));
    SHOW("lock %s again %s", error_name(pthread_mutex_lock(&mutex)), error_name(pthread_mutex_lock(&mutex)));
    SHOW("unlock %s again %s", error_name(pthread_mutex_unlock(&mutex)), error_name(pthread_mutex_unlock(&mutex)));
    pthread_t t[8];
    counter = 0;
    for (int i = 0; i < 8; i++) pthread_create(&t[i], 0, counts, 0);
    for (int i = 0; i < 8; i++) pthread_join(t[i], 0);
    SHOW("counted %ld", counter);
    if (robust) {
        pthread_create(&t[0], 0, keeps, 0);
        pthread_join(t[0], 0);
        SHOW("lock %s", error_name(pthread_mutex_lock(&mutex)));
        SHOW("consistent %s", error_name(pthread_mutex_consistent(&mutex)));
        SHOW("unlock %s lock %s unlock %s", error_name(pthread_mutex_unlock(&mutex)), error_name(pthread_mutex_lock(&mutex)), error_name(pthread_mutex_unlock(&mutex)));
        pthread_create(&t[0], 0, keeps, 0);
        pthread_join(t[0], 0);
        SHOW("lock %s", error_name(pthread_mutex_lock(&mutex)));
        SHOW("unlock %s lock %s", error_name(pthread_mutex_unlock(&mutex)), error_name(pthread_mutex_lock(&mutex)));
    } else {
        struct timespec t1;
        pthread_create(&t[0], 0, keeps, 0);
        pthread_join(t[0], 0);
        SHOW("trylock %s", error_name(pthread_mutex_trylock(&mutex)));
    }
}

struct waitv { uint64_t val, uaddr; uint32_t flags, reserved; };
static uint32_t many[4];
static void *wakes(void *a)
{
    await_asleep(getpid());
    futex(&many[2], FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    return 0;
}
static void several(void)
{
    struct waitv v[4];
    for (int i = 0; i < 4; i++) v[i] = (struct waitv){0, (uintptr_t)&many[i], 2 | FUTEX_PRIVATE_FLAG, 0};
    struct timespec t = soon(CLOCK_MONOTONIC, 10);
    SAY(syscall(449, v, 4, 0, &t, CLOCK_MONOTONIC));
    t = soon(CLOCK_REALTIME, 10);
    SAY(syscall(449, v, 4, 0, &t, CLOCK_REALTIME));
    SAY(syscall(449, v, 4, 0, &t, 5));
    SAY(syscall(449, v, 4, 1, &t, CLOCK_REALTIME));
    SAY(syscall(449, v, 0, 0, &t, CLOCK_REALTIME));
    SAY(syscall(449, v, 129, 0, &t, CLOCK_REALTIME));
    SAY(syscall(449, 0, 1, 0, &t, CLOCK_REALTIME));
    SAY(syscall(449, 16, 1, 0, &t, CLOCK_REALTIME));
    pthread_t a;
    pthread_create(&a, 0, wakes, 0);
    SAY(syscall(449, v, 4, 0, 0, 0));
    pthread_join(a, 0);
    v[3].val = 1;
    SAY(syscall(449, v, 4, 0, 0, 0));
    v[1].flags = 0;
    SAY(syscall(449, v, 4, 0, 0, 0));
    v[1].flags = 2, v[1].uaddr = 16;
    SAY(syscall(449, v, 4, 0, 0, 0));
    v[1].uaddr = (uintptr_t)&many[1], v[1].reserved = 1;
    SAY(syscall(449, v, 4, 0, 0, 0));
}

static void processes(void)
{
    struct { uint32_t w; pthread_mutex_t m; int n; } *s = mmap(0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    SHOW("robust list %ld", syscall(SYS_set_robust_list, &word, 23L));
    RAW(get_robust_list, 0, 16L, 16L);
    RAW(get_robust_list, 999999, &s, &s);
}

int main(void)
{
    basics();
    bitsets();
    inheritance();
    for (int p = 0; p < 2; p++)
        for (int r = 0; r < 2; r++) mutexes(p ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE, r, r);
    several();
    processes();
    return 0;
}
