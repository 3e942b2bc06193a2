/* A worker walks a list whose end it does not check. Others wait. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum colour { RED, GREEN = 5, BLUE };

struct node {
  int value;
  enum colour colour;
  char tag;
  double weight;
  struct node *next;
};

struct list {
  struct node *head;
  unsigned length;
  const char *name;
};

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static int waiting;

static int sum_from(struct node *node, int depth, unsigned char step) {
  int value = node->value;
  char letter = (char)('a' + depth);
  if (letter == 'z') return value;
  return value + sum_from(node->next, depth + step, step);
}

static int sum(const struct list *list) {
  int matrix[2][3] = {{1, 2, 3}, {4, 5, 6}};
  float ratio = 0.25f;
  long long big = -1234567890123LL;
  int result = sum_from(list->head, 0, 1);
  return result + matrix[1][2] + (int)(ratio * big);
}

/* Whoever counted itself and gave the mutex up waits for the condition: the others are where they stay. */
static void until_waiting(int threads) {
  int count = 0;
  while (count < threads) {
    usleep(1000);
    pthread_mutex_lock(&held);
    count = waiting;
    pthread_mutex_unlock(&held);
  }
}

static void *add_up(void *argument) {
  struct list *list = argument;
  until_waiting(4);
  int result = sum(list);
  printf("%d\n", result);
  return NULL;
}

static void *wait_for_ever(void *argument) {
  int number = *(int *)argument;
  pthread_mutex_lock(&held);
  waiting++;
  while (number >= 0) pthread_cond_wait(&never, &held);
  pthread_mutex_unlock(&held);
  return NULL;
}

int main(void) {
  int numbers[3] = {7, 8, 9};
  pthread_t waiters[3], adding;
  struct node nodes[3] = {{1, RED, 'r', 1.5, &nodes[1]}, {2, GREEN, 'g', -2.5, &nodes[2]}, {3, BLUE, 'b', 1e100, NULL}};
  struct list list = {nodes, 3, "three nodes"};
  for (int i = 0; i < 3; i++) pthread_create(&waiters[i], NULL, wait_for_ever, &numbers[i]);
  pthread_create(&adding, NULL, add_up, &list);
  pthread_mutex_lock(&held);
  waiting++;
  while (list.length) pthread_cond_wait(&never, &held);
  return 0;
}
