// Functions whose mangled names use what the ABI has: compiled, never run.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace outer {
namespace {
int hidden(int value) { return value + 1; }
}  // namespace
inline namespace v2 {
struct Base {
  virtual ~Base() {}
  virtual int run(const char *) & { return 1; }
  virtual Base *self() { return this; }
};
struct Other {
  virtual void other() {}
  virtual ~Other() {}
};
struct Both : Other, Base {
  Both *self() override { return this; }
  int run(const char *) & override { return 2; }
  operator std::string() const { return ""; }
  template <class T> explicit operator T *() { return nullptr; }
  Both operator+(const Both &) const && { return Both(); }
  bool operator()(int (*callback)(double, ...), int (&array)[3]) noexcept { return callback && array; }
  int member = 0;
};
}  // namespace v2

template <class T, int N, bool B = true, char C = 'x', unsigned long L = 3> struct Holder {
  T values[N];
  template <class... A> auto call(A &&...a) const volatile -> decltype(hidden(sizeof...(a))) { return hidden(sizeof...(a)); }
  static T shared;
};
template <class T, int N, bool B, char C, unsigned long L> T Holder<T, N, B, C, L>::shared;
template <class... T> std::size_t count(std::tuple<T...> &, T *...) { return sizeof...(T); }
template <template <class...> class C, class T> void fill(C<T> &c, T t) { c.insert(c.end(), t); }
template <class T> auto add(T a, T b) -> decltype((a + b) * -a) { return (a + b) * -a; }
template <class T> auto at(T &t) -> decltype(t.begin()[0], static_cast<bool>(t.size() > 3 ? true : false)) { return t.size() > 3; }
template <void (*F)(int), int Both::*M> void with() { F(3); }
void target(int) {}
enum class Kind : short { A = -2, B = 3 };
template <Kind K> int kind() { return (int)K; }
template <class F> auto apply(F f) { return f([](auto x, auto... y) { return x + sizeof...(y); }); }
long operator""_km(unsigned long long n) { return (long)n; }
[[gnu::abi_tag("tag")]] int tagged(std::nullptr_t, char16_t, __int128, float _Complex) { return 0; }
int vector_type(int __attribute__((vector_size(16))) v) { return v[0]; }
void (*choose(int))(int) { return target; }
template <class T> T (*pick(T (*)[4], T T::*))(const T *const *) { return nullptr; }
}  // namespace outer

int main() {
  using namespace outer;
  Both both;
  Holder<int, 3> holder;
  holder.call(1, 2.0, "x");
  (std::string) both;
  static_cast<int *>(both);
  int array[3] = {};
  both(nullptr, array);
  std::tuple<int, char> t;
  int i = 0;
  char c = 0;
  count<int, char>(t, &i, &c);
  std::vector<int> v;
  fill(v, 3);
  add(1.0, 2.0);
  at(v);
  void (*pointer)() = &with<target, &Both::member>;
  pointer();
  kind<Kind::A>();
  kind<Kind::B>();
  apply([](auto f) { return f(1, 2); });
  static int local = 3_km;
  tagged(nullptr, u'x', 0, 0);
  int __attribute__((vector_size(16))) four = {};
  vector_type(four);
  choose(local);
  pick<Both>(nullptr, nullptr);
  std::map<std::string, std::unique_ptr<std::function<int(const std::string &)>>> map;
  map["x"] = nullptr;
  Base *base = &both;
  base->run("x");
  return base->self() != nullptr && Holder<Both *, 2, false, '\\', 7>::shared;
}
