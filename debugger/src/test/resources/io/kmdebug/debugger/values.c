/* Static data of every shape that C has; what the debugger says about it is compared with gdb. */
#include <complex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uchar.h>
#include <wchar.h>

enum color { RED, GREEN, BLUE = 10 };
enum access { NONE = 0, READ = 1, WRITE = 2, EXEC = 4 };
enum sign { MINUS = -1, ZERO, PLUS };

struct point {
    int x, y;
};

struct node {
    int value;
    struct node *next;
    const char *name;
};

struct shape {
    enum color color;
    struct point corner[2];
    union {
        double radius;
        struct {
            float width, height;
        };
    };
    char tag[8];
};

struct flags {
    unsigned ready : 1;
    unsigned level : 3;
    int delta : 4;
    long wide : 40;
    _Bool on : 1;
    enum color hue : 4;
};

struct packet {
    int length;
    char body[];
};

struct nested {
    struct { struct { struct { struct { struct { int deep; } e; } d; } c; } b; } a;
};

union number {
    int i;
    float f;
    unsigned char bytes[4];
};

struct opaque;
typedef struct point point_t;
typedef int (*binary_op)(int, int);
typedef unsigned char byte;

char c_a = 'a';
signed char c_minus = -56;
unsigned char c_high = 200;
char c_newline = '\n';
char c_zero = 0;
short s = -1234;
unsigned short us = 65000;
int i = 42;
int zero = 0;
int minus = -7;
unsigned u = 4000000000u;
long l = -1234567890123L;
unsigned long ul = 18446744073709551615ul;
long long ll = 1LL << 62;
unsigned long long ull = 0xdeadbeefcafebabeull;
__int128 big = (__int128)1 << 100;
_Bool yes = 1;
bool no = 0;
float f = 3.14f;
float f_tiny = 1e-40f;
double d = 3.14;
double d_third = 1.0 / 3;
double d_big = 1e100;
double d_whole = 6;
double d_inf = __builtin_inf();
double d_nan = __builtin_nan("");
double d_minus_zero = -0.0;
long double ld = 3.14L;
long double ld_big = 1e4000L;
_Float128 f128 = 1.25f128;
double complex z = 1.5 - 2.5 * I;
float complex zf = 3 + 4 * I;
wchar_t wide = L'w';
char16_t c16 = u'x';
char32_t c32 = U'y';
uint8_t u8 = 255;
int64_t i64 = -5;
size_t size = 77;
byte by = 7;

enum color color = GREEN;
enum color bad_color = 7;
enum access rw = READ | WRITE;
enum access odd = READ | 8;
enum access none = NONE;
enum sign sign = MINUS;

int array[5] = {1, 2, 3, 4, 5};
int matrix[2][3] = {{1, 2, 3}, {4, 5, 6}};
int zeros[100];
int runs[30] = {1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3};
double doubles[3] = {0.5, 1.5, 2.5};
char text[16] = "hello";
char full[4] = {'a', 'b', 'c', 'd'};
char quotes[] = "tab\there \"quoted\" back\\slash";
const char *string = "a string";
const char *empty = "";
const char *utf8 = "gr\xc3\xbc\xc3\x9f";
const char *bad_utf8 = "x\xffy";
char *null_string = 0;
const char *words[3] = {"one", "two", "three"};
unsigned char raw[4] = {1, 2, 3, 255};
const char *longer =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "and more";
wchar_t wide_text[4] = L"wid";
char32_t text32[4] = U"xyz";

struct point origin = {3, 4};
struct point points[3] = {{1, 2}, {3, 4}, {5, 6}};
point_t typed = {7, 8};
struct node third = {3, 0, "third"};
struct node second = {2, &third, "second"};
struct node first = {1, &second, "first"};
struct node *list = &first;
struct shape shape = {BLUE, {{1, 2}, {3, 4}}, {.width = 2.5f, .height = 1.5f}, "square"};
struct flags flags = {1, 5, -3, -123456789, 1, BLUE};
struct nested nested = {{{{{{9}}}}}};
union number number = {.f = 1.0f};
struct packet packet = {5, "body"};
struct opaque *opaque = (struct opaque *)0x1234;

int *pointer = &array[2];
int **pointer_to_pointer = &pointer;
void *nothing = 0;
void *something = &i;
int (*row)[3] = &matrix[1];
volatile const int cv = 12;
int *const fixed = &i;

int add(int a, int b) {
    return a + b;
}

binary_op op = add;
int (*ops[2])(int, int) = {add, 0};
struct point *bad_pointer = (struct point *)16;
static int hidden = 99;

int main(void) {
    return add(hidden, i);
}
