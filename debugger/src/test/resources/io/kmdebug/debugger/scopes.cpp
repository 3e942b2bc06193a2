/* Names of C++ in every scope; what expressions say about them is compared with gdb. */
#include <string>
#include <vector>

static int checkpoint(int value) {
    return value;
}

namespace shapes {
enum Color { RED, GREEN, BLUE = 10 };
enum class Mode : unsigned char { Off, On = 5 };
int counter = 3;
namespace {
int hidden = 77;
}
namespace inner {
int counter = 4;
double ratio = 2.5;
}

struct Base {
    int id = 1;
    int common = 10;
    static int instances;
    virtual ~Base() {}
};
int Base::instances = 42;

struct Other {
    long weight = 2;
    int common = 20;
};

template <typename T> struct Box {
    T value;
    static int boxes;
};
template <typename T> int Box<T>::boxes = 11;
template <typename T, typename U = long> struct Pair {
    T first;
    U second;
};

struct Derived : Base, Other {
    int own = 3;
    Color color = BLUE;
    Mode mode = Mode::On;
    const char *name = "derived";
    Box<int> box{7};
    Box<unsigned long> large{8};
    Box<Box<int>> nested{{9}};
    Pair<int> pair{1, 2};
    int method(int x, const Derived &other, Base *base) {
        static int calls = 7;
        calls++;
        int local = x + own + hidden;
        std::vector<int> list{1, 2, 3};
        return checkpoint(local + calls + other.own + base->id + (int)list.size());
    }
};
}

struct Point {
    int x, y;
};
int global = 5;
static int in_file = 6;
unsigned char bytes[4] = {1, 2, 3, 4};
wchar_t wide[] = L"wide";
char16_t u16[] = u"sixteen";
char text[] = "hello";
Point points[3] = {{1, 2}, {3, 4}, {5, 6}};
Point *second = &points[1];
bool yes = true;
int minus = -7;
unsigned plenty = 3000000000u;
float half = 0.5f;
__int128 big = (__int128)1 << 100;

int main(int argc, char **argv) {
    shapes::Derived object, other;
    shapes::inner::ratio += shapes::Box<int>::boxes + shapes::Box<unsigned long>::boxes + in_file;
    return object.method(argc, other, &other) + second->x + (argv == nullptr);
}
