/* Optimised code with inlined calls that divides by zero. */
#include <stdio.h>
#include <stdlib.h>

struct share {
  int parts;
  int takers;
};

static inline __attribute__((always_inline)) int each(const struct share *share, int bonus) {
  int whole = share->parts + bonus;
  return whole / share->takers;
}

static __attribute__((noinline)) int distribute(struct share *shares, int count, int bonus) {
  int total = 0;
  for (int i = 0; i < count; i++) total += each(&shares[i], bonus * i);
  return total;
}

static __attribute__((noinline)) int round_of(struct share *shares, int count) {
  int given = distribute(shares, count, 2);
  printf("given %d\n", given);
  return given + count;
}

int main(int argc, char **argv) {
  struct share shares[4] = {{10, 2}, {20, 5}, {30, 3}, {40, 0}};
  shares[0].parts += argc;
  (void)argv;
  return round_of(shares, 4) & 0x7f;
}
