// One way to crash for each word, of those that only C++ has.
#include <stdexcept>
#include <string>

struct Base {
    virtual ~Base() {}
    int id = 4;
};

struct Box : Base {
    int size = 1;
    int weight() const { return size * 2; }
};

struct Shelf {
    Box first;
    Box *second = nullptr;
};

static int weigh(const Shelf &shelf) { return shelf.second->size; }

int main(int argc, char **argv) {
    std::string kind = argc > 1 ? argv[1] : "";
    Shelf shelf;
    Box *none = nullptr;
    if (kind == "this") return none->weight();
    if (kind == "reference") return weigh(shelf);
    if (kind == "throw") throw std::runtime_error("out of luck");
    return 0;
}
