// Names of every kind that an index may or may not have; named2.cpp has some of them again.
#include <map>
#include <string>
#include <vector>

namespace app {
enum Colour { red, green };
struct point {
    int x, y;
    struct inner {
        int z;
    } i;
    static const int limit = 9;
};
template <class T> T twice(T v) {
    return v + v;
}
static volatile int hidden = 4;
int shared = 5;
inline int small(int v) {
    return v * 3 + shared;
}
static inline int Tiny(int v) {
    static int calls;
    struct local {
        int q;
    } l{v};
    calls++;
    return l.q + 1;
}
int work(point p) {
    int sum = 0;
    for (int i = 0; i < p.x; i++) sum += small(i) + Tiny(p.y);
    return sum + hidden;
}
}  // namespace app

int other(int);

int main(int argc, char **) {
    std::vector<int> v{1, 2};
    std::map<std::string, int> m;
    m["a"] = argc;
    app::point p{argc, 2, {3}};
    return app::work(p) + app::twice(argc) + (int)app::twice(1.5) + other(argc) + v[0] + m.size() + app::green;
}
