/* A library with a thread-local variable: of the name NAME, beside others. */
__thread char before[100];
__thread int NAME = 9;
#define ADDRESS(name) name##_address
#define FUNCTION(name) ADDRESS(name)
int *FUNCTION(NAME)(void) {
    before[1]++;
    return &NAME;
}
