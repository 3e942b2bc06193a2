#include <stdio.h>
#include "macros.h"

#define MAX_USERS 16
#define EMPTY
#define TWICE(x) ((x) * 2)
#define SUM(a, ...) total_of(a, __VA_ARGS__, 0)
#define NAMED(rest...) rest
#define GLUE(a, b) a##b
#define TEXT(x) #x
#define LIMIT (TWICE(MAX_USERS) + HEADER_LIMIT)

static int before(int n) {
    int here = n;
    return here + MAX_USERS;  // line 15
}

#undef MAX_USERS
#define MAX_USERS 32
#define LATE 1

static int between(int n) {
    volatile int seen = n;
    return seen + MAX_USERS;  // line 24
}

#undef MAX_USERS
#undef LATE

int main(int argc, char **argv) {
    printf("%d\n", before(argc));
    return between(argc) + in_header(argc) == (int)(long)argv;  // line 32
}
