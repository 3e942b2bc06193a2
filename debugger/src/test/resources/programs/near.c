char near_pad[24];
__thread int near_own = 21;
int *near_place(void) { return &near_own; }
