/* The executable has a copy of the library's object; both count with the copy. */
#include <stdlib.h>
extern int shared_counter;
int bump(void);
int main(void) {
    bump();
    shared_counter += 10;
    bump();
    abort();
}
