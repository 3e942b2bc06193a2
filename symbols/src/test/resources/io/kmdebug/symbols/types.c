#include <stdarg.h>
#include <stddef.h>
typedef unsigned long ulong_t;
struct fwd;
struct inner { char c; short s; };
struct big {
    int a; unsigned b : 1; unsigned : 2; int c : 13; long long d : 40; struct { int p, q; }; union { int i; float f; } uu;
    const char *const names[3]; int (*fn)(int, char *); int *(*fnarr[2])(void); struct big *self; struct fwd *opaque;
    int m[2][3][4]; volatile unsigned char *vp; _Bool flag; long double ld; double _Complex z; int (*parr)[5]; int flex[];
};
enum e { MINUS = -1, ZERO, BIGE = 0x7fffffff };
enum ue { UA = 0xffffffffu };
enum le { LA = 1, LB = 0x123456789abLL };
int (*fp1)(void);
char *arr3[3];
const char *const cc = "x";
const volatile int cv = 3;
int *restrict rp;
_Atomic int at;
void (*signal_like(int sig, void (*func)(int)))(int) { return func; }
void (*(*fpsig)(int, void (*)(int)))(int) = signal_like;
struct big *bigp;
enum e ev; enum ue uev; enum le lev;
ulong_t ul; ptrdiff_t pd; unsigned short us; signed char sc; long double ld; __int128 i128; unsigned __int128 u128;
float vec __attribute__((vector_size(16)));
int (*(*fpp)[4])(const struct inner *, ...);
int zero[0];
extern int undef_array[];
char *const volatile pcv;
void *vptr; const void *cvptr;
static const int hidden = 42;
_Thread_local int tls_var = 4;
int main(int argc, char **argv) { struct inner in = { 'a', 2 }; return in.s + hidden + tls_var + (int)sizeof(struct big); }
