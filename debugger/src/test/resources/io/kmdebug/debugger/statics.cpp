// Static data members of every kind; the program says itself what they are.
#include <cstdio>

#define SAY(expression) std::printf("%s = %ld\n", #expression, (long)(expression))

int same;
namespace {
struct Local {
    static int number;
    int local = 1;
};
int Local::number = 33;
} // namespace

namespace zoo {
struct Size {
    int feet;
};
struct Animal {
    static int count;
    static const long legs = 4;
    static constexpr double weight = 2.5;
    static int sizes[];
    static Size size;
    static int &alias;
    static int undefined;
    inline static int changed = 7;
    int age = 1;
};
int Animal::count = 11;
int Animal::sizes[] = {1, 2, 3};
Size Animal::size = {12};
int &Animal::alias = Animal::count;
struct Named {
    static int same;
    int length = 5;
};
int Named::same = 21;
struct Dog : Animal, virtual Named {
    static int tricks;
    int same = 22;
    virtual int method();
};
int Dog::tricks = 44;
template <class T, int N> struct Grid {
    static constexpr int size = N;
    static T first;
    T cell;
};
template <class T, int N> T Grid<T, N>::first = N + 1;
} // namespace zoo

int checkpoint(void *p) { return p != nullptr; }
int other();

int zoo::Dog::method() {
    Dog *dog = this;
    Local here;
    Grid<unsigned long, 2> grid{6};
    Named *named = this;
    changed = 8;
    SAY(count);
    SAY(dog->count);
    SAY(this->legs);
    SAY(weight * 2);
    SAY(dog->sizes[2]);
    SAY(sizeof(dog->sizes));
    SAY(dog->size.feet);
    SAY(dog->alias);
    SAY(changed);
    SAY(dog->Animal::changed);
    SAY(tricks);
    SAY(same);
    SAY(dog->same);
    SAY(named->same);
    SAY(this->Named::same);
    SAY(here.number);
    SAY(grid.first);
    SAY((Grid<unsigned long, 2>::first));
    SAY(&dog->count == &Animal::count);
    return checkpoint(dog) + here.local + (int)grid.cell;
}

int main() {
    zoo::Dog dog;
    return dog.method() + other() == 0;
}
