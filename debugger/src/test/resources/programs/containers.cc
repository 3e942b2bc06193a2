// One of everything that the C++ library keeps values in.
#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <functional>
#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <stack>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>
#if __cplusplus > 201703L && __has_include(<span>)
#include <span>
#define HAVE_SPAN 1
#endif

struct Point {
    int x, y;
    bool operator<(const Point &other) const { return x < other.x; }
};
struct Wide {
    char c[40];
};
struct alignas(32) Aligned {
    int n;
};
struct Empty {};

static int twice(int n) { return n * 2; }
int reached;

__attribute__((noinline)) void stop(void *p) { reached++; __asm__ volatile("" ::"r"(p) : "memory"); }

int main() {
    using namespace std::string_literals;
    std::string empty_string;
    std::string short_string = "short";
    std::string long_string = "a string that is longer than what fits into the object";
    std::string with_nul("a\0b", 3);
    std::string huge_string(100000, 'x');
    std::wstring wide_string = L"wide \u00e4";
    std::u16string u16 = u"sixteen";
    std::u32string u32 = U"thirty-two and more";
    std::string_view view = short_string;

    std::vector<int> no_ints;
    std::vector<int> ints{1, 2, 3};
    std::vector<std::string> strings{"one", "two", long_string};
    std::vector<bool> bools{true, false, true, true};
    std::vector<bool> many_bools(130, true);
    std::vector<std::vector<Point>> nested{{{1, 2}, {3, 4}}, {}};
    std::vector<int> many(1000);
    for (int i = 0; i < 1000; i++) many[i] = i;
    std::array<int, 3> fixed{4, 5, 6};
    std::array<std::string, 0> none{};
    std::deque<int> deque;
    for (int i = 0; i < 300; i++) deque.push_back(i);
    for (int i = 0; i < 5; i++) deque.push_front(-i);
    std::deque<Wide> wide_deque(20);
    wide_deque[15].c[0] = 'w';
    std::list<int> list{7, 8, 9};
    std::list<Aligned> aligned_list{{1}, {2}};
    std::list<std::string> no_strings;
    std::forward_list<double> forward{1.5, 2.5};

    std::map<int, std::string> map{{1, "one"}, {2, "two"}, {3, "three"}};
    std::map<std::string, std::vector<int>> by_name{{"a", {1}}, {"b", {}}};
    std::map<Point, int> by_point{{{1, 2}, 3}};
    std::map<char, Aligned> aligned_map{{'a', {1}}};
    std::map<int, int> no_map;
    std::map<int, int> big_map;
    for (int i = 0; i < 500; i++) big_map[i] = i * i;
    std::multimap<int, char> multi{{1, 'a'}, {1, 'b'}};
    std::set<std::string> set{"x", "y"};
    std::multiset<int> multiset{5, 5, 6};
    std::unordered_map<std::string, int> hashed{{"only", 1}};
    std::unordered_map<int, int> hashed_ints{{42, 43}};
    std::unordered_set<int> hash_set{17};
    std::unordered_multimap<int, int> hashed_multi{{1, 2}, {1, 2}};
    std::unordered_multiset<std::string> hash_multiset{"same", "same"};
    std::vector<std::map<std::string, std::optional<int>>> deep{{{"k", 1}, {"l", std::nullopt}}, {}};

    std::pair<int, std::string> pair{1, "second"};
    std::tuple<int, std::string, Empty, double> tuple{1, "two", {}, 3.5};
    std::tuple<> no_tuple;
    int local = 77;
    std::tuple<int &, const char *> ties{local, "text"};
    std::optional<int> some = 5;
    std::optional<std::string> no_string;
    std::optional<std::string> some_string = "in it";
    std::variant<int, std::string, double> variant = "held"s;
    std::variant<int, double> number = 2.5;
    std::any no_any;
    std::any any_int = 12;
    std::any any_string = "kept"s;

    std::unique_ptr<int> unique = std::make_unique<int>(9);
    std::unique_ptr<Point> no_unique;
    std::unique_ptr<Point> unique_point = std::make_unique<Point>(Point{1, 2});
    std::unique_ptr<int[]> unique_array = std::make_unique<int[]>(3);
    std::shared_ptr<std::string> shared = std::make_shared<std::string>("shared");
    std::shared_ptr<std::string> again = shared;
    std::weak_ptr<std::string> weak = shared;
    std::weak_ptr<int> expired = std::make_shared<int>(1);
    std::shared_ptr<int> no_shared;
    std::reference_wrapper<int> wrapped = local;

    std::function<int(int)> no_function;
    std::function<int(int)> pointer_function = twice;
    std::function<int(int)> lambda_function = [local](int n) { return n + local; };

    std::initializer_list<int> initializer{1, 2};
    std::stack<int> stack;
    stack.push(3);
    std::queue<int> queue;
    queue.push(4);
    std::priority_queue<int> priority;
    priority.push(5);
    std::bitset<10> bits(0x155);
    std::bitset<100> many_bits;
    many_bits[99] = true;
    std::complex<double> complex{1, -2};
    std::atomic<int> atomic{6};
    std::atomic<bool> atomic_bool{true};
    std::atomic<int *> atomic_pointer{&local};
    std::chrono::seconds seconds{5};
    std::chrono::milliseconds milliseconds{1500};
    std::chrono::duration<double, std::ratio<1, 3>> thirds{1.5};
    std::chrono::system_clock::time_point time{std::chrono::microseconds(123)};
    std::filesystem::path path = "/usr/lib";
#ifdef HAVE_SPAN
    std::span<int> span = ints;
    std::span<int, 3> fixed_span = fixed;
#endif

    auto vector_iterator = ints.begin();
    auto list_iterator = ++list.begin();
    auto map_iterator = map.find(2);
    auto map_end = map.end();
    auto set_iterator = set.begin();
    auto hash_iterator = hashed.begin();
    auto deque_iterator = deque.begin();

    void *all[] = {&empty_string, &short_string, &long_string, &with_nul, &huge_string, &wide_string, &u16, &u32, &view,
        &no_ints, &ints, &strings, &bools, &many_bools, &nested, &many, &fixed, &none, &deque, &wide_deque, &list,
        &aligned_list, &no_strings, &forward, &map, &by_name, &by_point, &aligned_map, &no_map, &big_map, &multi, &set,
        &multiset, &hashed, &hashed_ints, &hash_set, &hashed_multi, &hash_multiset, &deep, &pair, &tuple, &no_tuple,
        &ties, &some, &no_string, &some_string, &variant, &number, &no_any, &any_int, &any_string, &unique, &no_unique,
        &unique_point, &unique_array, &shared, &again, &weak, &expired, &no_shared, &wrapped, &no_function,
        &pointer_function, &lambda_function, &initializer, &stack, &queue, &priority, &bits, &many_bits, &complex,
        &atomic, &atomic_bool, &atomic_pointer, &seconds, &milliseconds, &thirds, &time, &path, &vector_iterator,
        &list_iterator, &map_iterator, &map_end, &set_iterator, &hash_iterator, &deque_iterator, &local};
    stop(all);
    return twice(reached) == 0;
}
