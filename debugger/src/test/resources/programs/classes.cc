// What C++ makes of classes: bases, virtual ones, statics, references, members' pointers, lambdas.
#include <string>
#include <vector>

namespace zoo {
struct Animal {
    virtual ~Animal() {}
    virtual int legs() const { return 0; }
    int weight = 1;
    static int count;
};
int Animal::count = 11;
struct Named {
    virtual ~Named() {}
    std::string name = "nobody";
};
struct Dog : Animal, Named {
    int legs() const override { return 4; }
    int tricks = 3;
};
struct Base {
    virtual ~Base() {}
    int common = 5;
};
struct Left : virtual Base {
    int left = 6;
};
struct Right : virtual Base {
    int right = 7;
};
struct Bottom : Left, Right {
    int bottom = 8;
};
enum class Color : unsigned char { RED, GREEN = 5 };
template <class T, int N> struct Grid {
    T cells[N];
    T first() const { return cells[0]; }
    static constexpr int size = N;
};
template <class T> T largest(T a, T b) { return a < b ? b : a; }
int over(int n) { return n; }
int over(double d) { return (int)d; }
} // namespace zoo

struct Bits {
    unsigned low : 3;
    int high : 5;
    union {
        int number;
        float real;
    };
};

int reached;
__attribute__((noinline)) void stop(void *p) { reached++; __asm__ volatile("" ::"r"(p) : "memory"); }

int main() {
    zoo::Dog dog;
    zoo::Animal *animal = &dog;
    zoo::Named *named = &dog;
    zoo::Animal &reference = dog;
    zoo::Animal plain;
    zoo::Animal *same = &plain;
    zoo::Animal *nothing = nullptr;
    zoo::Bottom bottom;
    zoo::Base *base = &bottom;
    zoo::Right *right = &bottom;
    int &&moved = 4 + reached;
    const int &constant = dog.tricks;
    zoo::Color color = zoo::Color::GREEN;
    zoo::Grid<unsigned long, 2> grid{{1, 2}};
    zoo::Grid<std::vector<const char *>, 1> nested{{{"a"}}};
    Bits bits{5, -3, {7}};
    int zoo::Animal::*weight = &zoo::Animal::weight;
    int (zoo::Animal::*legs)() const = &zoo::Animal::legs;
    auto lambda = [&dog, factor = 3](int n) { return n * factor + dog.tricks; };
    int sum = lambda(2) + zoo::largest(1, 2) + zoo::over(1) + zoo::over(2.0) + (int)zoo::largest(1.0, 2.5) + (int)grid.first();
    void *all[] = {&dog, &animal, &named, &reference, &plain, &same, &nothing, &bottom, &base, &right, &moved,
        (void *)&constant, &color, &grid, &nested, &bits, &weight, &legs, &lambda, &sum};
    stop(all);
    return sum == 0;
}
