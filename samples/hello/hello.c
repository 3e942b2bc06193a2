/* The smallest payload: one line, exit status 0. */
#include <stdio.h>

int main(void) {
  puts("hello from a unikernel");
  return 0;
}
