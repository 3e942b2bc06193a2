// Types with tags, for C and for C++: g++ -x c++.
struct point {
    int x;
};
union word {
    int number;
    float real;
};
enum color { RED, GREEN = 5 };
typedef enum color shade;
struct outer {
    enum color inside;
    struct point at;
    union word either;
};
typedef struct {
    enum color first;
} nameless;

enum color paint(enum color (*mix)(enum color, struct point *), struct outer *outer) {
    enum color tint = outer->inside;
    shade light = GREEN;
    enum color row[2] = {RED, GREEN};
    const enum color *constant = &row[1];
    struct point *point = &outer->at;
    union word word = outer->either;
    nameless none = {tint};
    *(volatile int *)0 = (int)light;
    return mix ? mix(*constant, point) : word.number ? none.first : tint;
}

int main(void) {
    struct outer outer = {GREEN, {1}, {2}};
    return paint(0, &outer);
}
