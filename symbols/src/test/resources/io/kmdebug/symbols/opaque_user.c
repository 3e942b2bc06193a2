#include "opaque.h"
handle current;
static int local_only = 1;
int use(int v)
{
    extern int shared_total;
    current = open_state(v);
    return read_state(current) + shared_total + header_helper(local_only);
}
int main(void) { return use(3); }
