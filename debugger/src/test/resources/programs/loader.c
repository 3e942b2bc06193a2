#include <dlfcn.h>
#include <stdio.h>

int shared_work(int n);
__thread int main_local = 31;

int main(int argc, char **argv) {
    (void)argc;
    int r = shared_work(4); // calls shared
    void *plugin = dlopen(argv[1], RTLD_NOW); // opens
    int (*work)(int) = (int (*)(int))dlsym(plugin, "plugin_work");
    r += work(r); // calls plugin
    main_local += r;
    printf("%d\n", r); // prints
    return r;
}
