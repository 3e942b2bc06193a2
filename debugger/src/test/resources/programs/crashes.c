// One way to crash for each word. Optimisation off: what a line does stays in that line.
#define _GNU_SOURCE
#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct point { int x, y; };
struct note { long id; struct point *place; int urgency; struct note *next; };

static struct note last = {3, NULL, 1, NULL};
struct note *board;
void (*hook)(int);
pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER, right = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t ready;

static int urgency_of(const struct note *note) { return note->urgency; }
static int chained(struct note *first) { return first->next->place->y; }
static int global(void) { return board->urgency; }
static void stored(int *table, int at) { table[at] = 7; }
static int depth(int n) { char room[200]; room[n % 200] = n; return depth(n + 1) + room[1]; }
static int quotient(int a, int b) { return a / b; }
static void jump(void) { hook(1); }
static void illegal(void) { __asm__ volatile("ud2"); }
static void trap(void) { __asm__ volatile("int3"); }
static int wild(void) { struct note *at = (struct note *) 0x1234567890abcdefL; return at->urgency; }
// the pointer in memory is another one by the time the one that was loaded is used
static int stale(void) { int at; __asm__ volatile("mov %1, %%rax; movq $64, %1; mov 16(%%rax), %0" : "=&r"(at), "+m"(board) : : "rax"); return at; }
static void constant(void) { char *text = "read only"; text[0] = 'R'; }

static void bus(void) {
    char path[] = "/tmp/kmdebug-bus-XXXXXX";
    int fd = mkstemp(path);
    unlink(path);
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    page[100];
}

static void twice(void) {
    char *block = malloc(2000);
    char *guard = malloc(16);
    free(block);
    free(block); // again
    free(guard);
}

static void handler(int signal) { (void) signal; abort(); }

static void in_handler(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGSEGV, &action, NULL);
    urgency_of(NULL);
}

/* Whether every thread but this one sleeps in a call. */
static int others_sleep(void) {
    DIR *tasks = opendir("/proc/self/task");
    int asleep = 1;
    for (struct dirent *task; (task = readdir(tasks));) {
        char file[300], text[512];
        if (task->d_name[0] == '.' || atoi(task->d_name) == gettid()) continue;
        snprintf(file, sizeof file, "/proc/self/task/%s/stat", task->d_name);
        FILE *stat = fopen(file, "r");
        if (stat && fgets(text, sizeof text, stat)) asleep &= !strncmp(strrchr(text, ')'), ") S", 3);
        if (stat) fclose(stat);
    }
    closedir(tasks);
    return asleep;
}

static void await_others(void) {
    for (int looks = 0; looks < 3; looks = others_sleep() ? looks + 1 : 0) usleep(5000);
}

static int begun;
static void *idle(void *number) {
    pthread_barrier_wait(&ready);
    __atomic_fetch_add(&begun, 1, __ATOMIC_SEQ_CST);
    for (;;) pause();
    return number;
}

static void crowd(int count) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_barrier_init(&ready, NULL, count + 1);
    for (long i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, idle, (void *) i)) exit(9);
    }
    pthread_barrier_wait(&ready);
    while (__atomic_load_n(&begun, __ATOMIC_SEQ_CST) < count) usleep(1000);
    await_others();
    urgency_of(NULL);
}

static void *leftwards(void *unused) {
    pthread_mutex_lock(&right);
    pthread_barrier_wait(&ready);
    pthread_mutex_lock(&left);
    return unused;
}

// glibc marks a lock with 2 when somebody waits for it
static void *watch(void *unused) {
    volatile int *locks[] = {&left.__data.__lock, &right.__data.__lock};
    while (*locks[0] != 2 || *locks[1] != 2) usleep(1000);
    await_others();
    kill(getpid(), SIGQUIT);
    return unused;
}

static void deadlock(void) {
    pthread_t other, watcher;
    sigset_t quit; // who was started by a JVM has it blocked
    sigemptyset(&quit);
    sigaddset(&quit, SIGQUIT);
    sigprocmask(SIG_UNBLOCK, &quit, NULL);
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&other, NULL, leftwards, NULL);
    pthread_create(&watcher, NULL, watch, NULL);
    pthread_mutex_lock(&left);
    pthread_barrier_wait(&ready);
    pthread_mutex_lock(&right);
}

// a signal as somebody else sends it
static void signalled(const char *number) {
    int signal = atoi(number);
    sigset_t one; // who was started by a JVM has QUIT blocked
    sigemptyset(&one);
    sigaddset(&one, signal);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    struct sigaction normal = {.sa_handler = SIG_DFL};
    sigaction(signal, &normal, NULL);
    kill(getpid(), signal);
}

int main(int argc, char **argv) {
    const char *kind = argc > 1 ? argv[1] : "";
    struct note first = {1, NULL, 2, &last};
    if (!strcmp(kind, "null")) return urgency_of(NULL);
    if (!strcmp(kind, "chain")) return chained(&first);
    if (!strcmp(kind, "global")) return global();
    if (!strcmp(kind, "store")) stored(NULL, 5);
    if (!strcmp(kind, "overflow")) return depth(argc);
    if (!strcmp(kind, "divide")) return quotient(argc, argc - 2);
    if (!strcmp(kind, "quotient")) return quotient((int) (argc + 0x7ffffffeu), 1 - argc);
    if (!strcmp(kind, "jump")) jump();
    if (!strcmp(kind, "data")) { hook = (void (*)(int)) (void *) &first; jump(); }
    if (!strcmp(kind, "heap")) { hook = (void (*)(int)) malloc(64); jump(); }
    if (!strcmp(kind, "table")) { hook = (void (*)(int)) (void *) &last; jump(); }
    if (!strcmp(kind, "nowhere")) { hook = (void (*)(int)) 0x123456789000; jump(); }
    if (!strcmp(kind, "illegal")) illegal();
    if (!strcmp(kind, "trap")) trap();
    if (!strcmp(kind, "wild")) return wild();
    if (!strcmp(kind, "stale")) return stale();
    if (!strcmp(kind, "constant")) constant();
    if (!strcmp(kind, "bus")) bus();
    if (!strcmp(kind, "assert")) assert(argc == 1);
    if (!strcmp(kind, "twice")) twice();
    if (!strcmp(kind, "handler")) in_handler();
    if (!strcmp(kind, "crowd")) crowd(200);
    if (!strcmp(kind, "deadlock")) deadlock();
    if (atoi(kind)) signalled(kind);
    return 1;
}
