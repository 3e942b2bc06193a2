/* A loop to step through, with four threads that wait. */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *wait_at_gate(void *argument) {
  pthread_mutex_lock(&gate);
  pthread_mutex_unlock(&gate);
  return argument;
}

static int mix(int value, int round) {
  int left = value * 31 + round;
  int right = value ^ round;
  return left - right;
}

int main(void) {
  pthread_t threads[4];
  int total = 1;
  pthread_mutex_lock(&gate);
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, wait_at_gate, NULL);
  for (int round = 0; round < 200; round++) {
    int mixed = mix(total, round); /* the breakpoint of the stepping benchmark */
    total += mixed & 0xff;
    if (total > 100000) {
      total -= 100000;
    }
  }
  pthread_mutex_unlock(&gate);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  printf("%d\n", total);
  return 0;
}
