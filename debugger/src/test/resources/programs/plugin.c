int plugin_calls;
__thread int plugin_local = 11;

int plugin_work(int n) {
    int doubled = n * 2; // in plugin
    plugin_calls++;
    plugin_local += doubled;
    return doubled;
}
