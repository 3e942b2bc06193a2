/* Prints the nanoseconds of one system call, the mean of 20000 after 1000 to warm up: getppid, or the one named by number. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
  long call = argc > 1 ? atol(argv[1]) : SYS_getppid;
  for (int i = 0; i < 1000; i++) syscall(call);
  long long started = now();
  for (int i = 0; i < 20000; i++) syscall(call);
  printf("%lld\n", (now() - started) / 20000);
  return 0;
}
