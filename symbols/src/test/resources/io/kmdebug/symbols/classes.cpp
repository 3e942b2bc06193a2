#include <string>
#include <vector>
namespace geometry {
namespace {
int hidden_count = 2;
}
struct Base {
    virtual ~Base() = default;
    virtual int area() const { return 0; }
    static int instances;
    int id = 1;
};
int Base::instances = 0;
template <typename T> struct Box : public Base {
    T width;
    T height;
    Box(T w, T h) : width(w), height(h) { instances++; }
    int area() const override { return static_cast<int>(width * height) + hidden_count; }
};
enum class Colour : unsigned char { Red, Green };
int scale(const Box<int> &box, int &&factor) { return box.area() * factor; }
}
struct Virtual : virtual geometry::Base { int extra = 4; };
int Virtual_sum(Virtual &v, int Virtual::*member) { return v.*member + v.id; }
int main()
{
    geometry::Box<int> box(2, 3);
    geometry::Colour colour = geometry::Colour::Green;
    std::vector<std::string> words{"a", "bc"};
    Virtual v;
    auto lambda = [&](int x) { return x + static_cast<int>(words.size()); };
    return geometry::scale(box, 4) + lambda(static_cast<int>(colour)) + Virtual_sum(v, &Virtual::extra);
}
