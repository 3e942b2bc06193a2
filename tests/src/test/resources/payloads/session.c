/* The payload of the whole-session test: workers that add up, a main thread that waits, output on both streams,
 * exit status 7. The test finds its lines by the marks in the comments. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct point {
  int x;
  int y;
};

struct job {
  int number;
  struct point corner;
  const char *label;
  double weights[3];
  struct job *next;
};

static int total;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
int rounds = 5;

static int area(const struct point *corner, int scale) {
  int result = corner->x * corner->y; /* mark: in area */
  return result * scale;
}

static void *work(void *argument) {
  struct job *job = argument;
  int mine = 0;
  pthread_mutex_lock(&gate);
  pthread_mutex_unlock(&gate);
  for (int round = 1; round <= rounds; round++) {
    mine += round * job->number; /* mark: in worker */
    pthread_mutex_lock(&lock);
    total += mine;
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

int main(int argc, char **argv) {
  struct job jobs[3];
  pthread_t threads[3];
  memset(jobs, 0, sizeof jobs);
  for (int i = 0; i < 3; i++) {
    jobs[i].number = i + 1;
    jobs[i].corner.x = 10 * (i + 1);
    jobs[i].corner.y = 4;
    jobs[i].label = argc > 1 ? argv[1] : "none";
    jobs[i].weights[1] = 0.5 * i;
    jobs[i].next = i ? &jobs[i - 1] : NULL;
  }
  int scaled = area(&jobs[1].corner, 2); /* mark: call of area */
  printf("scaled %d\n", scaled);         /* mark: after area */
  fflush(stdout);
  pthread_mutex_lock(&gate);
  for (int i = 0; i < 3; i++) {
    pthread_create(&threads[i], NULL, work, &jobs[i]); /* mark: create */
  }
  pthread_mutex_unlock(&gate); /* mark: open the gate */
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  fprintf(stderr, "total %d\n", total); /* mark: all joined */
  if (argc > 2) usleep(100 * 1000 * 1000);
  return 7;
}
