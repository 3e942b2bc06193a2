// Ordinary C++ for stops at random places: containers, virtual calls, exceptions, lambdas, calls at the end of functions.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace shapes {
struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    virtual std::string name() const { return "shape"; }
};
struct Square : Shape {
    double side;
    explicit Square(double s) : side(s) {}
    double area() const override { return side * side; }
    std::string name() const override { return "square of " + std::to_string(side); }
};
struct Circle : Shape {
    double radius;
    explicit Circle(double r) : radius(r) {
        if (r < 0) throw std::invalid_argument("radius " + std::to_string(r));
    }
    double area() const override { return 3.14159 * radius * radius; }
};
}

__attribute__((noinline)) static long digits(long n) {
    return n < 10 ? n : n % 10 + digits(n / 10);
}
__attribute__((noinline)) static long even(long n);
__attribute__((noinline)) static long odd(long n) {
    return n == 0 ? 0 : even(n - 1);
}
__attribute__((noinline)) static long even(long n) {
    return n == 0 ? digits(123456) : odd(n - 1);
}
__attribute__((noinline)) static std::unique_ptr<shapes::Shape> make(int i) {
    if (i % 3 == 0) return std::make_unique<shapes::Square>(i);
    return std::make_unique<shapes::Circle>(i % 7 == 0 ? -1 : i);
}

template <class Function> __attribute__((noinline)) static long weigh_all(const std::vector<int> &values, Function f) {
    long sum = 0;
    for (int v : values) sum += f(v);
    return sum;
}

int main() {
    std::map<std::string, int> words;
    std::unordered_map<int, std::vector<int>> groups;
    std::vector<int> values;
    double areas = 0;
    for (int i = 0; i < 300; i++) {
        values.push_back((i * 7919) % 1009);
        groups[i % 13].push_back(i);
        try {
            auto shape = make(i);
            areas += shape->area();
            words[shape->name()]++;
        } catch (const std::exception &e) {
            words[e.what()]++;
        }
    }
    std::sort(values.begin(), values.end(), [](int a, int b) { return digits(a) < digits(b); });
    std::function<long(int)> weigh = [&](int v) { return v + static_cast<long>(words.size()); };
    std::ostringstream out;
    for (auto &[key, list] : groups) out << key << ':' << weigh_all(list, weigh) << ' ';
    std::printf("%s%ld %.1f\n", out.str().c_str(), even(100), areas);
    return 0;
}
