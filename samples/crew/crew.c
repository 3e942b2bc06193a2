/*
 * crew: four workers carry loads and enter each delivery in a shared ledger. When all are done, the third reads a
 * note that nobody has written, and the program ends there.
 */
#include <pthread.h>
#include <stdio.h>

#define WORKERS 4
#define ROUNDS 3
#define ITEMS 5

struct point {
  int x;
  int y;
};

struct worker {
  int id;
  const char *name;
  struct point position;
  int load[ITEMS];
  long carried;
};

struct note {
  int urgency;
  const char *text;
};

static struct worker crew[WORKERS] = {
    {.id = 1, .name = "north", .load = {3, 1, 4, 1, 5}},
    {.id = 2, .name = "south", .load = {2, 7, 1, 8, 2}},
    {.id = 3, .name = "east", .load = {1, 6, 1, 8, 0}},
    {.id = 4, .name = "west", .load = {1, 4, 1, 4, 2}},
};
static struct note *notes[WORKERS];
static long total;
static pthread_mutex_t ledger = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t all_there;
static pthread_barrier_t all_done;

static long weigh(const int *load, int items) {
  long weight = 0;
  for (int i = 0; i < items; i++) {
    weight += load[i];
  }
  return weight;
}

static void deliver(struct worker *self, int round) {
  long weight = weigh(self->load, ITEMS) * round;
  struct point destination = {.x = self->id * 10, .y = round * 10};
  self->position = destination;

  pthread_mutex_lock(&ledger);
  total += weight;
  self->carried += weight;
  printf("round %d: %s brings %ld, %ld in all\n", round, self->name, weight, total);
  pthread_mutex_unlock(&ledger);
}

static int urgency_of(const struct note *note) {
  return note->urgency;
}

static void *work(void *argument) {
  struct worker *self = argument;
  int urgency = 0;

  pthread_barrier_wait(&all_there);
  for (int round = 1; round <= ROUNDS; round++) {
    deliver(self, round);
  }
  pthread_barrier_wait(&all_done);

  if (self->id == 3) {
    urgency = urgency_of(notes[self->id]);
  }
  pthread_barrier_wait(&all_done);
  return urgency ? self : NULL;
}

int main(void) {
  pthread_t threads[WORKERS];

  setvbuf(stdout, NULL, _IOLBF, 0);
  pthread_barrier_init(&all_there, NULL, WORKERS);
  pthread_barrier_init(&all_done, NULL, WORKERS);
  for (int i = 0; i < WORKERS; i++) {
    pthread_create(&threads[i], NULL, work, &crew[i]);
  }
  for (int i = 0; i < WORKERS; i++) {
    pthread_join(threads[i], NULL);
  }
  printf("%ld in all\n", total);
  return 0;
}
