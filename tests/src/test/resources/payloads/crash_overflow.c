/* Recursion without an end. */
#include <stdio.h>

struct frame_of_mind {
  int level;
  char text[200];
};

static int deeper(struct frame_of_mind *outer, int level) {
  struct frame_of_mind mine = {level, "thinking"};
  if (outer) outer->level = -level;
  return deeper(&mine, level + 1) + mine.level;
}

int main(void) {
  printf("%d\n", deeper(0, 1));
  return 0;
}
