#ifndef MACROS_H
#define MACROS_H
#define HEADER_LIMIT 4
static inline int in_header(int n) {
#define ONLY_HERE 1
    return n + HEADER_LIMIT;  // line 6
#undef ONLY_HERE
}
#define HEADER_LIMIT_2 (HEADER_LIMIT + 2)
#endif
