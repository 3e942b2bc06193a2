/* Takes the number of the library that was loaded late and went. */
__thread int later_own = 55;
int *later_place(void) { return &later_own; }
