__thread int shared_local = 21;

int shared_work(int n) {
    int more = n + 1; // in shared
    shared_local += more;
    return more;
}
