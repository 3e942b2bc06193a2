// Threads by the thousand; after each phase it says so and waits for a byte, so that its process can be looked at.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int alive, go;
static long ran;
static pthread_attr_t small;

static void *waits(void *a) {
  pthread_mutex_lock(&mutex);
  alive++;
  pthread_cond_broadcast(&cond);
  while (!go) pthread_cond_wait(&cond, &mutex);
  pthread_mutex_unlock(&mutex);
  return a;
}

static void *runs(void *a) {
  __atomic_add_fetch(&ran, 1, __ATOMIC_SEQ_CST);
  return a;
}

static void phase(const char *what, long number) {
  char line[100], c;
  int n = snprintf(line, sizeof line, "%s %ld\n", what, number);
  write(1, line, n);
  read(0, &c, 1);
}

static void at_once(int count) {
  pthread_t *threads = malloc(count * sizeof *threads);
  alive = go = 0;
  for (int i = 0; i < count; i++) {
    int error = pthread_create(&threads[i], &small, waits, NULL);
    if (error) printf("thread %d: %s\n", i, strerror(error)), exit(1);
  }
  pthread_mutex_lock(&mutex);
  while (alive < count) pthread_cond_wait(&cond, &mutex);
  pthread_mutex_unlock(&mutex);
  phase("alive", alive);
  pthread_mutex_lock(&mutex);
  go = 1;
  pthread_cond_broadcast(&cond);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  free(threads);
  phase("joined", count);
}

static void in_turn(int count) {
  pthread_t threads[20];
  ran = 0;
  for (int i = 0; i < count; i += 20) {
    for (int j = 0; j < 20; j++)
      if (pthread_create(&threads[j], &small, runs, NULL)) exit(2);
    for (int j = 0; j < 20; j++) pthread_join(threads[j], NULL);
  }
  phase("ran", ran);
}

int main(void) {
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  at_once(1000);
  in_turn(2000);
  in_turn(8000);
  at_once(1000);
  return 0;
}
