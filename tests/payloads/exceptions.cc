// Exceptions through frames and threads, futures, condition variables, regular expressions, streams, files, an abort.
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

struct Noisy {
  ~Noisy() { std::cout << "unwound\n"; }
};

static int thrower(int depth) {
  Noisy noisy;
  if (depth == 0) throw std::runtime_error("at the bottom");
  return thrower(depth - 1) + 1;
}

static void exceptions() {
  try {
    thrower(3);
  } catch (const std::exception &e) {
    std::cout << e.what() << "\n";
  }
  try {
    try {
      std::vector<int>().at(3);
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer"));
    }
  } catch (const std::logic_error &e) {
    try {
      std::rethrow_if_nested(e);
    } catch (const std::out_of_range &) {
      std::cerr << e.what() << " around an out_of_range\n";
    }
  }
}

static void threads() {
  std::vector<std::future<int>> futures;
  for (int i = 0; i < 20; i++) {
    futures.push_back(std::async(std::launch::async, [i] {
      if (i == 7) throw std::out_of_range("seven");
      return i * i;
    }));
  }
  int sum = 0;
  for (auto &future : futures) {
    try {
      sum += future.get();
    } catch (const std::out_of_range &e) {
      std::cout << "caught " << e.what() << "\n";
    }
  }
  std::mutex mutex;
  std::condition_variable changed;
  int turn = 0;
  std::vector<std::thread> players;
  for (int i = 0; i < 8; i++) {
    players.emplace_back([&, i] {
      for (int k = 0; k < 50; k++) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return turn % 8 == i; });
        turn++;
        changed.notify_all();
      }
    });
  }
  for (auto &player : players) player.join();
  std::cout << sum << " " << turn << "\n";
}

static void text() {
  std::regex pattern("(\\w+)@(\\w+)\\.com");
  std::string addresses = "a@b.com, c@d.com";
  for (std::sregex_iterator i(addresses.begin(), addresses.end(), pattern), end; i != end; ++i)
    std::cout << (*i)[1] << " at " << (*i)[2] << "\n";
  std::ostringstream out;
  out << std::setprecision(17) << 0.1 << " " << std::hex << 255;
  std::cout << out.str() << "\n";
  std::ofstream("file.txt") << "one\ntwo\n";
  std::string line;
  for (std::ifstream in("file.txt"); std::getline(in, line);) std::cout << line << std::filesystem::file_size("file.txt") << "\n";
}

int main() {
  exceptions();
  threads();
  text();
  std::cout << std::flush;
  throw 42;
}
