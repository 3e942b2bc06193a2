// Ends by an exception that nothing catches, one kind for each argument.
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>

namespace app {
struct Failure : std::runtime_error {
    int code;
    explicit Failure(int c) : std::runtime_error("failure " + std::to_string(c)), code(c) {}
};
struct Silent : std::exception {
    int code = 9;
    const char *what() const noexcept override { return "computed"; }
};
} // namespace app

static void quiet() noexcept { throw std::out_of_range("not in range"); }

int main(int, char **arguments) {
    switch (std::atoi(arguments[1])) {
        case 0:
            throw app::Failure(7);
        case 1:
            throw 42;
        case 2:
            throw std::string("a text");
        case 3:
            quiet();
            break;
        case 4:
            try {
                throw app::Failure(8);
            } catch (...) {
                std::rethrow_exception(std::current_exception());
            }
        case 5:
            throw app::Silent();
        default:
            std::abort();
    }
    return 0;
}
