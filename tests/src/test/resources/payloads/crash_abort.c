/* Gives up in a nested call while other threads sleep and read. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

union number {
  int whole;
  float real;
  unsigned char bytes[4];
};

struct account {
  char owner[16];
  long balance;
  unsigned flags : 3;
  unsigned closed : 1;
  int : 4;
  signed delta : 6;
  union number last;
};

static int ends[2];
static sem_t started;

static void check(const struct account *account, long minimum) {
  long missing = minimum - account->balance;
  if (missing > 0) abort();
}

static long withdraw(struct account *account, long amount) {
  account->balance -= amount;
  account->delta = -3;
  check(account, 0);
  return account->balance;
}

static void *sleeper(void *argument) {
  struct timespec for_long = {1000, 5};
  (void)argument;
  sem_post(&started);
  nanosleep(&for_long, NULL);
  return NULL;
}

static void *reader(void *argument) {
  char buffer[8] = "empty";
  int *count = argument;
  sem_post(&started);
  *count = (int)read(ends[0], buffer, sizeof buffer);
  return NULL;
}

int main(void) {
  pthread_t a, b;
  int count = -1;
  struct account account;
  memset(&account, 0, sizeof account);
  strcpy(account.owner, "somebody");
  account.balance = 10;
  account.flags = 5;
  account.closed = 1;
  account.last.real = 1.5f;
  if (pipe(ends)) return 1;
  pthread_create(&a, NULL, sleeper, NULL);
  pthread_create(&b, NULL, reader, &count);
  sem_wait(&started);
  sem_wait(&started);
  usleep(200 * 1000); /* the one call that each of them is about to make */
  for (long amount = 3;; amount += 2) withdraw(&account, amount);
}
