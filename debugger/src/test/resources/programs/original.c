int shared_counter = 5;
int bump(void) { return ++shared_counter; }
