// Pointers to members: of bases, in unions, to functions that are virtual or not, null, to nothing.
#include <cstring>

namespace zoo {
struct Voice {
    int pitch = 1;
    virtual int legs() const { return 0; }
    virtual ~Voice() {}
};
struct Animal {
    int weight = 70;
    union {
        int number;
        float real;
    };
    int sizes[3] = {4, 5, 6};
    int eat(int food) { return food + weight; }
    virtual int sing(double) { return 2; }
};
struct Dog : Voice, Animal {
    int tricks = 3;
    int legs() const override { return 4; }
    long owner(const char *) const { return tricks; }
};
struct Sea : virtual Animal {
    int depth = 9;
};
} // namespace zoo

typedef int zoo::Animal::*measure;

int checkpoint(void *) { return 0; }

int main() {
    zoo::Dog dog;
    zoo::Dog *pointer = &dog;
    zoo::Dog &reference = dog;
    zoo::Sea sea;
    dog.number = 77;
    int zoo::Animal::*weight = &zoo::Animal::weight;
    int zoo::Animal::*number = &zoo::Animal::number;
    int(zoo::Animal::*sizes)[3] = &zoo::Animal::sizes;
    measure none = nullptr;
    int zoo::Dog::*tricks = &zoo::Dog::tricks;
    int zoo::Dog::*inherited = &zoo::Animal::weight;
    const int zoo::Animal::*constant = &zoo::Animal::weight;
    int zoo::Animal::*table[2] = {weight, number};
    int (zoo::Animal::*eat)(int) = &zoo::Animal::eat;
    int (zoo::Dog::*eats)(int) = &zoo::Animal::eat;
    int (zoo::Voice::*legs)() const = &zoo::Voice::legs;
    int (zoo::Dog::*own_legs)() const = &zoo::Dog::legs;
    int (zoo::Dog::*sing)(double) = &zoo::Animal::sing;
    long (zoo::Dog::*owner)(const char *) const = &zoo::Dog::owner;
    int (zoo::Animal::*nothing)(int) = nullptr;
    int zoo::Animal::*odd;
    long offset = 2;
    int (zoo::Dog::*wild)();
    long words[2] = {81, 0};
    std::memcpy(&odd, &offset, sizeof odd);
    std::memcpy(&wild, words, sizeof wild);
    void *all[] = {&dog, &pointer, &reference, &sea, &weight, &number, &sizes, &none, &tricks, &inherited, &constant,
        &table, &eat, &eats, &legs, &own_legs, &sing, &owner, &nothing, &odd, &wild};
    return checkpoint(all);
}
