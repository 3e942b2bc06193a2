extern "C" {
struct node;
int total(const struct node *list, long factor);
extern struct node first;
}

namespace shapes {
enum class Kind : unsigned char { Round, Square = 9 };

struct Base {
    virtual ~Base() {}
    virtual double area() const { return 0; }
    int id = 4;
};

template <typename T, int N>
struct Box : Base {
    T items[N];
    static int made;
    Kind kind = Kind::Square;
    explicit Box(T start) {
        for (int i = 0; i < N; i++) items[i] = start + static_cast<T>(i);
        made++;
    }
    double area() const override {
        double sum = 0;
        for (const T &item : items) sum += item;
        return sum;
    }
};

template <typename T, int N>
int Box<T, N>::made = 0;
}  // namespace shapes

static int combine(shapes::Base &base, shapes::Box<short, 3> *const box, int &&extra) {
    int shapes::Base::*member = &shapes::Base::id;
    auto add = [&](int more) { return more + extra + base.*member; };
    return add(box->items[1]) + static_cast<int>(base.area());
}

int main(int argc, char **argv) {
    shapes::Box<short, 3> box(static_cast<short>(argc));
    shapes::Box<double, 2> other(2.5);
    int result = combine(other, &box, argc + 1);
    return result + total(&first, argc) == (int)(long)argv;
}
