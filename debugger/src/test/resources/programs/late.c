static __thread char late_pad[300] = "pad";
__thread int late_own = 11;
int *late_place(void) { return late_pad[0] ? &late_own : 0; }
