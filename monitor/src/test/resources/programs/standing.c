/*
 * Changes what the host keeps of a process and of each of its threads, takes a snapshot when told so, and says what of it
 * is there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct attributes {
    unsigned size, policy;
    unsigned long flags;
    int nice;
    unsigned priority;
    unsigned long runtime, deadline, period;
};

static pthread_barrier_t changed, kept, turns[5];

static void say(const char *name, long value) {
    if (value < 0) printf("  %s: %s\n", name, strerror(errno));
    else printf("  %s: %ld\n", name, value);
}

static void own(const char *who) {
    struct attributes now = {0};
    unsigned ids[6];
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    printf("%s\n", who);
    say("sched_getattr", syscall(SYS_sched_getattr, 0, &now, sizeof now, 0));
    printf("  policy %u, nice %d, priority %u, flags %lu\n", now.policy, now.nice, now.priority, now.flags);
    say("getpriority", getpriority(PRIO_PROCESS, 0));
    say("ioprio", syscall(SYS_ioprio_get, 1, 0));
    say("slack", prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    syscall(SYS_getresuid, ids, ids + 1, ids + 2);
    syscall(SYS_getresgid, ids + 3, ids + 4, ids + 5);
    printf("  ids %u %u %u, %u %u %u\n", ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]);
    say("groups", syscall(SYS_getgroups, 0, 0));
    say("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    say("secure bits", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
    say("bound 25", prctl(PR_CAPBSET_READ, 25, 0, 0, 0));
    say("ambient 10", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 10, 0, 0));
    syscall(SYS_capget, &header, data);
    for (int i = 0; i < 2; i++) {
        printf("  capabilities %x %x %x\n", data[i].effective, data[i].permitted, data[i].inheritable);
    }
    fflush(stdout);
}

static void *low(void *unused) {
    setpriority(PRIO_PROCESS, syscall(SYS_gettid), 7);
    prctl(PR_SET_TIMERSLACK, 123456, 0, 0, 0);
    return unused;
}

static void *batch(void *unused) {
    struct attributes wanted = {sizeof wanted, SCHED_BATCH, 0, 3};
    say("batch", syscall(SYS_sched_setattr, 0, &wanted, 0));
    syscall(SYS_ioprio_set, 1, 0, 3 << 13);
    return unused;
}

static void *timely(void *unused) {
    struct attributes wanted = {sizeof wanted, SCHED_RR, 1, 0, 4};
    if (syscall(SYS_sched_setattr, 0, &wanted, 0) < 0) printf("  no real time: %s\n", strerror(errno));
    return unused;
}

/* As a server does that gives up what it need not have; of this thread alone. */
static void *modest(void *unused) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    gid_t groups[] = {4, 7};
    prctl(PR_CAPBSET_DROP, 25, 0, 0, 0);
    syscall(SYS_setgroups, 2, groups);
    syscall(SYS_setresgid, 65534, 65534, 65533);
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    syscall(SYS_setresuid, 65534, 65534, 65533);
    syscall(SYS_capget, &header, data);
    data[0].inheritable |= data[0].permitted & 1 << 10;
    data[0].effective = data[0].permitted &= 1 << 10 | 1 << 12;
    data[1].effective = data[1].permitted = 0;
    syscall(SYS_capset, &header, data);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 10, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return unused;
}

static void *(*const changes[])(void *) = {low, batch, timely, modest};
static const char *const names[] = {"low", "batch", "timely", "modest"};

static void *thread(void *number) {
    long i = (long) number;
    changes[i](0);
    pthread_barrier_wait(&changed);
    pthread_barrier_wait(&kept);
    pthread_barrier_wait(&turns[i]);
    own(names[i]);
    pthread_barrier_wait(&turns[i]);
    return 0;
}

static void text(const char *path) {
    char line[100] = "";
    int fd = open(path, O_RDONLY);
    read(fd, line, sizeof line - 1);
    close(fd);
    printf("%s: %s", path, line);
}

static void write_to(const char *path, const char *value) {
    int fd = open(path, O_WRONLY);
    if (write(fd, value, strlen(value)) < 0) printf("%s: %s\n", path, strerror(errno));
    close(fd);
}

static void process(void) {
    printf("personality %x\n", personality(0xffffffff));
    say("no large pages", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    say("barrier", syscall(SYS_membarrier, 1 << 3, 0, 0));
    say("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    say("reaper", ({ int on = 0; prctl(PR_GET_CHILD_SUBREAPER, &on, 0, 0, 0); on; }));
    text("/proc/self/oom_score_adj");
    text("/proc/self/coredump_filter");
    fflush(stdout);
}

int main(int argc, char **argv) {
    pthread_t threads[4];
    pthread_barrier_init(&changed, 0, 5);
    pthread_barrier_init(&kept, 0, 5);
    for (int i = 0; i < 4; i++) pthread_barrier_init(&turns[i], 0, 2);
    for (long i = 0; i < 4; i++) pthread_create(&threads[i], 0, thread, (void *) i);
    personality(ADDR_NO_RANDOMIZE | 0x0400000);
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    syscall(SYS_membarrier, 1 << 4, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    write_to("/proc/self/oom_score_adj", "321");
    write_to("/proc/self/coredump_filter", "0x3");
    pthread_barrier_wait(&changed);
    if (!strcmp(argv[1], "stop")) syscall(505, 0, 0, 0L);
    if (!strcmp(argv[1], "live")) syscall(505, 0, 0, 1L);
    pthread_barrier_wait(&kept);
    for (int i = 0; i < 4; i++) {
        pthread_barrier_wait(&turns[i]);
        pthread_barrier_wait(&turns[i]);
        pthread_join(threads[i], 0);
    }
    own("first");
    process();
    return 0;
}
