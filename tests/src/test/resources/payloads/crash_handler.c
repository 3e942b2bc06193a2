/* Crashes within a signal handler that runs on an alternate stack. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int *target;

static void store(int value) {
  *target = value;
}

static void on_user_signal(int number, siginfo_t *info, void *context) {
  int doubled = number * 2;
  (void)info, (void)context;
  store(doubled);
}

static int ask(int number) {
  int before = number + 1;
  raise(SIGUSR1);
  return before;
}

int main(void) {
  stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_user_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  int answer = ask(41);
  printf("%d\n", answer);
  return 0;
}
