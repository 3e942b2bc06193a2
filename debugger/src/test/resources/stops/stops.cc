// C++'s own: references, this, captures, templates, exceptions, virtual calls, by-value objects.
#include <cstdio>
#include <cstring>

volatile long sink;
volatile double fsink;
#define NOINLINE __attribute__((noinline))

namespace shapes {
struct Shape {
    int id;
    explicit Shape(int number) : id(number) {}
    virtual ~Shape() { sink += id; }
    virtual double area(double scale) const = 0;
};

struct Named {
    const char *name;
    long tag;
};

class Circle : public Shape, public Named {
    double radius;

public:
    Circle(int number, double r) : Shape(number), Named{"circle", number * 10L}, radius(r) { sink += number; }
    NOINLINE double area(double scale) const override {
        double squared = radius * radius;
        fsink += squared;
        return squared * scale * 3;
    }
};

class Square final : public Shape {
    double side;
    bool filled : 1;
    unsigned corner : 4;

public:
    Square(int number, double s) : Shape(number), side(s), filled(number & 1), corner(9) {}
    NOINLINE double area(double scale) const override {
        unsigned rounded = corner;
        fsink += side;
        return side * side * scale - rounded + filled;
    }
};
}  // namespace shapes

template <typename T, int Size>
struct Fixed {
    T items[Size];
    int used = 0;
    void push(const T &item) {
        int at = used;
        items[at] = item;
        used = at + 1;
        sink += used;
    }
    NOINLINE T sum(T start) const {
        T total = start;
        for (const T &item : items) total += item;
        return total;
    }
};

template <typename F>
NOINLINE static long repeat(int times, F &&action) {
    long all = 0;
    for (int i = 0; i < times; ++i) {
        long one = action(i);
        all += one;
    }
    return all;
}

struct Large {
    long values[5];
};

NOINLINE static Large large(Large in, int &counted, const Large &other) {
    Large out = in;
    for (int i = 0; i < 5; i++) {
        out.values[i] += other.values[i] * counted;
        counted++;
    }
    sink += out.values[2];
    return out;
}

struct Failure {
    int code;
    const char *what;
};

NOINLINE static int throws(int depth, double cost) {
    int local = depth * 2;
    fsink += cost;
    if (depth == 0) throw Failure{local + 77, "bottom"};
    int below = throws(depth - 1, cost * 2);
    return below + local;
}

NOINLINE static int catches(int depth) {
    int answer = 0;
    try {
        answer = throws(depth, 0.5);
    } catch (const Failure &failure) {
        int code = failure.code;
        answer = code + (int) std::strlen(failure.what);
        sink += answer;
    }
    return answer;
}

enum class Kind : unsigned char { One = 1, Two, Many = 200 };

NOINLINE static long kinds(Kind kind, Kind &out, int Fixed<int, 4>::*member, Fixed<int, 4> &object) {
    int read = object.*member;
    out = kind == Kind::One ? Kind::Many : Kind::Two;
    sink += read;
    return read + static_cast<long>(out);
}

int main(int argc, char **) {
    shapes::Circle circle(3, 1.5);
    shapes::Square square(4, 2.5);
    shapes::Shape *all[] = {&circle, &square};
    Fixed<int, 4> ints{};
    Fixed<double, 3> reals{};
    long result = 0;
    int counted = argc;
    for (int round = 0; round < 3; round++) {
        for (shapes::Shape *shape : all) {
            double area = shape->area(round + 0.5);
            result += static_cast<long>(area);
        }
        ints.push(round * 7);
        reals.push(round * 0.75);
        result += ints.sum(round) + static_cast<long>(reals.sum(0.25));
        Large first{{1, 2, 3, 4, 5 + round}};
        Large second = large(first, counted, Large{{9, 8, 7, 6, round}});
        result += second.values[4];
        result += repeat(3, [&, round](int i) {
            long weighted = i * round + counted;
            sink += weighted;
            return weighted;
        });
        result += catches(round);
        Kind kind = round ? Kind::Two : Kind::One;
        result += kinds(kind, kind, &Fixed<int, 4>::used, ints);
    }
    std::printf("%ld\n", result);
    return 0;
}
