/* Threads, forks, signals and mappings in numbers, while other threads work: stress THREADS FORKS SIGNALS MAPPINGS.
   Everything is done twice, the first time with a tenth of the forks. After each round the program says so and waits for
   a line, so that somebody can look at the process from outside. A lost wake-up hangs; what is counted is printed. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void check(int ok, const char *what) {
  if (ok) return;
  printf("FAILED: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* load: two threads that map, write, compute and yield until they are told to end */
static atomic_int ending;
static atomic_ulong worked;

static void *load(void *unused) {
  unsigned long sum = 0;
  while (!ending) {
    unsigned char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(p != MAP_FAILED, "mmap of the load");
    for (int i = 0; i < 65536; i += 512) p[i] = (unsigned char)i, sum += p[i];
    munmap(p, 65536);
    worked++;
    struct timespec pause = {0, 2000000};
    nanosleep(&pause, NULL);
  }
  return (void *)sum;
}

/* threads: all alive at once; a token goes through all of them, each waits on its own condition */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t *turns;
static pthread_barrier_t all_there;
static int threads, token, passed;

static void *ring(void *argument) {
  int mine = (int)(long)argument;
  pthread_barrier_wait(&all_there);
  pthread_mutex_lock(&lock);
  while (token != mine) pthread_cond_wait(&turns[mine], &lock);
  token++;
  passed++;
  if (token < threads) pthread_cond_signal(&turns[token]);
  pthread_mutex_unlock(&lock);
  return argument;
}

static void do_threads(int count) {
  threads = count;
  token = passed = 0;
  turns = malloc(sizeof *turns * count);
  pthread_t *ids = malloc(sizeof *ids * count);
  pthread_barrier_init(&all_there, NULL, count + 1);
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (int i = 0; i < count; i++) pthread_cond_init(&turns[i], NULL);
  for (int i = 0; i < count; i++) {
    errno = pthread_create(&ids[i], &small, ring, (void *)(long)i);
    check(errno == 0, "pthread_create");
  }
  pthread_barrier_wait(&all_there);
  long sum = 0;
  for (int i = 0; i < count; i++) {
    void *result;
    pthread_join(ids[i], &result);
    sum += (long)result;
  }
  printf("threads: %d passed the token, sum %ld\n", passed, sum);
  pthread_barrier_destroy(&all_there);
  free(turns);
  free(ids);
}

static void do_forks(int count) {
  int sum = 0, pipes[2];
  check(pipe(pipes) == 0, "pipe");
  for (int done = 0; done < count;) {
    int batch = count - done < 4 ? count - done : 4;
    for (int i = 0; i < batch; i++) {
      pid_t child = fork();
      check(child >= 0, "fork");
      if (child == 0) {
        unsigned char byte = (unsigned char)(done + i);
        _exit(write(pipes[1], &byte, 1) == 1 ? (done + i) % 100 : 101);
      }
    }
    for (int i = 0; i < batch; i++) {
      int status;
      check(wait(&status) > 0 && WIFEXITED(status), "wait");
      sum += WEXITSTATUS(status);
    }
    done += batch;
  }
  int bytes = 0;
  for (int i = 0; i < count; i++) {
    unsigned char byte;
    check(read(pipes[0], &byte, 1) == 1, "read from the children");
    bytes += byte;
  }
  close(pipes[0]);
  close(pipes[1]);
  printf("forks: %d, sum of statuses %d, of bytes %d\n", count, sum, bytes);
}

/* signals: half are queued to the process and counted by a handler, half go to and fro between two threads */
static atomic_int handled;
static atomic_long values;

static void handler(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  handled++;
  values += info->si_value.sival_int;
}

static int wanted;
static pthread_t first;

static void *answers(void *unused) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  for (int i = 0; i < wanted; i++) {
    int got;
    sigwait(&set, &got);
    pthread_kill(first, SIGUSR2);
  }
  return unused;
}

static void do_signals(int count) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGRTMIN + 1, &action, NULL);
  handled = 0;
  values = 0;
  for (int i = 0; i < count / 2; i++) {
    union sigval value = {.sival_int = i};
    while (sigqueue(getpid(), SIGRTMIN + 1, value) != 0) {
      check(errno == EAGAIN, "sigqueue");
      sched_yield();
    }
  }
  while (handled < count / 2) {
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
  }
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  sigdelset(&set, SIGUSR1);
  wanted = count / 4;
  first = pthread_self();
  pthread_t other;
  check((errno = pthread_create(&other, NULL, answers, NULL)) == 0, "pthread_create");
  int turns = 0;
  for (int i = 0; i < wanted; i++) {
    int got;
    pthread_kill(other, SIGUSR1);
    sigwait(&set, &got);
    turns += got == SIGUSR2;
  }
  pthread_join(other, NULL);
  printf("signals: %d handled, values %ld, %d to and fro\n", (int)handled, (long)values, turns);
}

static void do_mappings(int count) {
  unsigned seed = 7;
  long zeros = 0;
  for (int i = 0; i < count; i++) {
    seed = seed * 1103515245 + 12345;
    size_t pages = 1 + (seed >> 16) % (i % 50 == 0 ? 4096 : 64), bytes = pages * 4096;
    unsigned char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(p != MAP_FAILED, "mmap");
    for (size_t at = 0; at < bytes; at += 16384) zeros += p[at] == 0, p[at] = 1;
    if (pages > 2) {
      check(mprotect(p + 4096, 4096, PROT_READ) == 0, "mprotect");
      check(munmap(p + 4096, 4096) == 0, "munmap of the middle");
    }
    check(munmap(p, bytes) == 0, "munmap");
  }
  printf("mappings: %d, zeros %ld\n", count, zeros);
}

static void wait_for_looker(const char *when) {
  char line[16];
  printf("now: %s\n", when);
  fflush(stdout);
  check(fgets(line, sizeof line, stdin) != NULL, "a line from who looks");
}

int main(int argc, char **argv) {
  check(argc == 5, "four arguments");
  pthread_t loads[2];
  for (int i = 0; i < 2; i++) pthread_create(&loads[i], NULL, load, NULL);
  for (int round = 0; round < 2; round++) {
    do_threads(atoi(argv[1]));
    do_forks(atoi(argv[2]) / (round == 0 ? 10 : 1));
    do_signals(atoi(argv[3]));
    do_mappings(atoi(argv[4]));
    wait_for_looker(round == 0 ? "before" : "after");
  }
  ending = 1;
  for (int i = 0; i < 2; i++) pthread_join(loads[i], NULL);
  printf("the load worked: %d\n", worked > 0);
  return 7;
}
