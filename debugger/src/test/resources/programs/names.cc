// Functions whose names compilers spell in their own way.
#include <map>
#include <string>
#include <vector>

namespace app {
template <class K> __attribute__((noinline)) int search(const K &key) {
    *(volatile int *)0 = (int)key.size();
    return 0;
}

template <class T> struct Box {
    T held;
    __attribute__((noinline)) int open(const std::map<std::string, T> &all) {
        return (int)all.size() + search<std::string>(held.back());
    }
    bool operator<(const Box &other) const { return held.size() < other.held.size(); }
};

template <class T, int N> struct Flags {
    template <class F> __attribute__((noinline)) static int call(F f) { return f(N); }
};
} // namespace app

int main() {
    app::Box<std::vector<std::string>> box{{"last"}};
    std::map<std::string, std::vector<std::string>> all;
    bool less = box < box;
    return less + app::Flags<unsigned long, 2>::call([&](int n) { return n + box.open(all); });
}
