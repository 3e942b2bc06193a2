/* Times itself: "compute NS" for integer and floating point work, "stream NS" for passes over 128 MiB; the best of five. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static uint64_t compute(void) {
  uint64_t x = 88172645463325252ULL;
  double sum = 0;
  for (long i = 0; i < 40000000; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    sum += (double)(x >> 40) * 0.5;
  }
  return x + (uint64_t)sum;
}

static uint64_t stream(uint64_t *words, size_t count) {
  uint64_t sum = 0;
  for (int pass = 0; pass < 4; pass++)
    for (size_t i = 0; i < count; i++) sum += words[i] = words[i] * 3 + pass;
  return sum;
}

int main(void) {
  size_t count = (128 << 20) / sizeof(uint64_t);
  uint64_t *words = malloc(count * sizeof *words), sink = 0;
  for (size_t i = 0; i < count; i++) words[i] = i;
  long long best_compute = 1LL << 62, best_stream = 1LL << 62;
  for (int run = 0; run < 5; run++) {
    long long a = now();
    sink += compute();
    long long b = now();
    sink += stream(words, count);
    long long c = now();
    if (b - a < best_compute) best_compute = b - a;
    if (c - b < best_stream) best_stream = c - b;
  }
  printf("compute %lld\nstream %lld\n", best_compute, best_stream);
  return sink == 42;
}
