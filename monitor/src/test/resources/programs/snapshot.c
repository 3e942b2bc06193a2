/* Has one of everything, takes a snapshot of itself ("stop", "live") or none ("none"), and says what it has then. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, owned;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int ready, go, commands[2], slept = -1, got = -1;
static long waiter_tid;
static volatile int alarms, sum;

static void on_alarm(int s) { alarms++; }
static void on_queued(int s, siginfo_t *i, void *u) { sum += i->si_value.sival_int; }

static void say_ready(void) {
    pthread_mutex_lock(&lock);
    ready++;
    pthread_mutex_unlock(&lock);
}

static void *waiter(void *a) {
    waiter_tid = syscall(SYS_gettid);
    pthread_mutex_lock(&lock);
    ready++;
    while (!go) pthread_cond_wait(&condition, &lock);
    pthread_mutex_unlock(&lock);
    return (void *)(syscall(SYS_gettid) == waiter_tid ? 1L : 2L);
}

static void *sleeper(void *a) {
    struct timespec t = {2, 0};
    say_ready();
    slept = nanosleep(&t, 0);
    return 0;
}

static void *reader(void *a) {
    char b[10];
    say_ready();
    got = read(commands[0], b, 10);
    return 0;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void say(const char *what, int fd) {
    char b[64] = {0};
    int n = read(fd, b, 63);
    printf("%s %d %s\n", what, n, n < 0 ? strerror(errno) : b);
}

int main(int argc, char **argv) {
    setvbuf(stdout, 0, _IOLBF, 0);
    pthread_mutexattr_t checked;
    pthread_mutexattr_init(&checked);
    pthread_mutexattr_settype(&checked, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&owned, &checked);
    pthread_mutex_lock(&owned);

    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGRTMIN + 1);
    sigaddset(&blocked, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &blocked, 0);
    pipe(commands);
    pthread_t w, s, r;
    pthread_create(&w, 0, waiter, 0);
    pthread_create(&s, 0, sleeper, 0);
    pthread_create(&r, 0, reader, 0);

    struct sigaction action = {0};
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, 0);
    struct itimerval interval = {{0, 0}, {3, 0}};
    setitimer(ITIMER_REAL, &interval, 0);
    action.sa_sigaction = on_queued;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGRTMIN + 1, &action, 0);
    union sigval value;
    value.sival_int = 5;
    sigqueue(getpid(), SIGRTMIN + 1, value);
    value.sival_int = 7;
    sigqueue(getpid(), SIGRTMIN + 1, value);
    kill(getpid(), SIGUSR2);
    timer_t timer;
    struct sigevent event = {0};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGRTMIN + 1;
    event.sigev_value.sival_int = 100;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    struct itimerspec half_second = {{0, 0}, {1, 500000000}}, one_second = {{0, 0}, {1, 0}}, left;

    int set = epoll_create1(EPOLL_CLOEXEC), count = eventfd(3, EFD_NONBLOCK);
    int alarm_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), semaphore = eventfd(9, EFD_SEMAPHORE | EFD_NONBLOCK);
    struct epoll_event e[4] = {{.events = EPOLLIN}};
    e[0].data.u64 = 0x123456789abcdefULL;
    epoll_ctl(set, EPOLL_CTL_ADD, alarm_fd, e);
    e[0].events = EPOLLIN | EPOLLET;
    e[0].data.u64 = 77;
    epoll_ctl(set, EPOLL_CTL_ADD, count, e);

    int pair[2], messages[2], half[2], ended[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    write(pair[0], "through the pair", 16);
    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, messages);
    send(messages[1], "one", 3, 0);
    send(messages[1], "second", 6, 0);
    socketpair(AF_UNIX, SOCK_STREAM, 0, half);
    write(half[1], "last words", 10);
    close(half[1]);
    pipe(ended);
    write(ended[1], "rest", 4);
    close(ended[1]);

    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, again = {0};
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bind(listener, (void *)&at, sizeof at);
    listen(listener, 17);
    getsockname(listener, (void *)&at, &length);
    connect(client, (void *)&at, sizeof at);
    int server = accept(listener, 0, 0);
    write(client, "lost", 4);
    struct sockaddr_un path = {AF_UNIX, "snapshot.sock"};
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    unlink(path.sun_path);
    bind(local, (void *)&path, sizeof path);
    listen(local, 5);

    int file = open("data.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(file, "hello world", 11);
    lseek(file, 6, 0);
    int twin = dup(file), third = fcntl(file, F_DUPFD_CLOEXEC, 100);
    int gone = open("deleted.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(gone, "deleted", 7);
    lseek(gone, 2, 0);
    unlink("deleted.txt");
    int memory = memfd_create("memory", 0), folder = open(".", O_RDONLY | O_DIRECTORY);
    write(memory, "memfd", 5);
    lseek(memory, 1, 0);
    int signals = signalfd(-1, &blocked, SFD_NONBLOCK);
    umask(027);
    mkdir("watched", 0700);
    int watch = inotify_init1(IN_NONBLOCK), number = inotify_add_watch(watch, "watched", IN_CREATE);
    char home[300], here[300];
    getcwd(home, 300);

    char *shared = mmap(0, 8192, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *mapped = mmap(0, 4096, 3, MAP_SHARED, file, 0);
    char *hidden = mmap(0, 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *big = malloc(8 << 20);
    strcpy(shared, "shared");
    strcpy(hidden, "hidden");
    mprotect(hidden, 8192, PROT_NONE);
    memset(big, 7, 8 << 20);
    stack_t stack = {malloc(65536), 0, 65536}, old;
    sigaltstack(&stack, 0);
    double pi = argc * 3.25, root;

    for (int threads = 0; threads < 3;) {
        usleep(1000);
        pthread_mutex_lock(&lock);
        threads = ready;
        pthread_mutex_unlock(&lock);
    }
    usleep(50000);
    // at the last moment: a slow machine takes its time for what is above
    timer_settime(timer, 0, &half_second, 0);
    timerfd_settime(alarm_fd, 0, &one_second, 0);
    double start = now();
    long me = syscall(SYS_gettid), pid = getpid();
    long result = !strcmp(argv[1], "none") ? 0 : syscall(505, "label", "description", (long)!strcmp(argv[1], "live"));

    printf("result %ld, pid same %d, tid same %d, pi %.2f\n", result, pid == getpid(), me == syscall(SYS_gettid), pi);
    int first = pthread_mutex_unlock(&owned);
    printf("unlocked %d, not twice %d\n", first, pthread_mutex_unlock(&owned) == EPERM);
    timerfd_gettime(alarm_fd, &left);
    printf("time left %d\n", left.it_value.tv_sec == 0 && left.it_value.tv_nsec > 100000000);
    int n = epoll_wait(set, e, 4, 0);
    printf("ready %d data %llu\n", n, (unsigned long long)e[0].data.u64);
    n = epoll_wait(set, e, 4, 3000);
    printf("later %d data %llx\n", n, (unsigned long long)e[0].data.u64);
    unsigned long long counted = 0;
    read(count, &counted, 8);
    printf("eventfd %llu", counted);
    read(semaphore, &counted, 8);
    printf(" semaphore %llu\n", counted);
    say("pair", pair[1]);
    write(pair[1], "back", 4);
    say("pair", pair[0]);
    say("message", messages[0]);
    say("message", messages[0]);
    say("message", messages[0]);
    say("half", half[0]);
    say("half", half[0]);
    say("pipe", ended[0]);
    say("pipe", ended[0]);
    length = sizeof again;
    getsockname(listener, (void *)&again, &length);
    int new = socket(AF_INET, SOCK_STREAM, 0), status = connect(new, (void *)&again, sizeof again);
    printf("same port %d connects %d accepts %d\n", again.sin_port == at.sin_port, status, accept(listener, 0, 0) > 0);
    new = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("local connects %d\n", connect(new, (void *)&path, sizeof path));
    say("connection", server);
    printf("offset %ld", (long)lseek(twin, 0, 1));
    read(third, here, 2);
    printf(" then %ld, cloexec %d %d\n", (long)lseek(file, 0, 1), fcntl(third, F_GETFD), fcntl(twin, F_GETFD));
    say("deleted", gone);
    say("memory", memory);
    struct stat st;
    printf("folder %d\n", fstatat(folder, "data.txt", &st, 0));
    getcwd(here, 300);
    printf("directory same %d umask %o\n", !strcmp(here, home), umask(0));
    struct signalfd_siginfo info;
    n = read(signals, &info, sizeof info);
    printf("signalfd %d %d\n", n, info.ssi_signo);
    n = read(signals, &info, sizeof info);
    printf("signalfd %d %d value %d\n", n, info.ssi_signo == SIGRTMIN + 1, info.ssi_int);
    close(open("watched/new", O_CREAT | O_WRONLY, 0600));
    struct {
        struct inotify_event e;
        char name[64];
    } seen;
    n = read(watch, &seen, sizeof seen);
    printf("watched %d %s\n", n > 0 && seen.e.wd == number, n > 0 ? seen.name - 0 : "");
    unlink("watched/new");
    printf("%s %.5s %d\n", shared, mapped, big[123456]);
    mprotect(hidden, 8192, PROT_READ);
    sigaltstack(0, &old);
    printf("%s, stack %d\n", hidden, old.ss_sp == stack.ss_sp && old.ss_size == 65536);
    madvise(big - ((unsigned long)big & 4095) + 4096, 4 << 20, MADV_DONTNEED);
    big = realloc(big, 64 << 20);
    printf("discarded %d kept %d new %d\n", big[2 << 20], big[7 << 20], big[63 << 20]);

    write(commands[1], "abc", 3);
    pthread_mutex_lock(&lock);
    go = 1;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&lock);
    void *ended_with;
    pthread_join(w, &ended_with);
    pthread_join(s, 0);
    pthread_join(r, 0);
    double passed = now() - start;
    printf("waiter %ld, slept %d, in time %d, got %d\n", (long)ended_with, slept, passed > 1.5, got);
    while (!alarms) pause();
    printf("alarm in time %d\n", now() - start > 2.2);
    pthread_sigmask(SIG_UNBLOCK, &blocked, 0);
    printf("sum %d\n", sum);
    return 7;
}
