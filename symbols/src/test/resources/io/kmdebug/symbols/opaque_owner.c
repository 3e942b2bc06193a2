#include <stdlib.h>
#include "opaque.h"
struct hidden_state { int value; char tag[4]; };
int shared_total = 9;
static int local_only = 2;
handle open_state(int start)
{
    handle h = malloc(sizeof *h);
    h->value = start + local_only;
    return h;
}
int read_state(handle h) { return header_helper(h->value); }
