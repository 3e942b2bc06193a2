#!/usr/bin/env python3
"""Builds programs with much debug information, and a core of each: large.py OUT_DIR NAME MIB

A few C++ units with many templates are compiled; each is then linked in as often as it takes, with its symbols renamed,
so that a gigabyte is made in a minute. NAME, NAME.core and NAME.cpp (its main function) appear in OUT_DIR. Needs g++,
objcopy, nm, size, and a kernel.core_pattern that puts cores beside the program."""
import os
import pathlib
import resource
import shutil
import subprocess
import sys

UNIT = """
#include <algorithm>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace stock%(n)d {
struct item { int shelf; std::string label; bool operator<(const item &o) const { return label < o.label; } };
template <int I> struct store {
  std::map<item, std::vector<std::variant<int, double, item>>> goods;
  std::unordered_map<std::string, std::shared_ptr<store>> branches;
  std::function<long(const store &)> price;
  std::deque<std::optional<std::tuple<int, std::string, double>>> orders;
  std::set<std::pair<int, item>> ranks;
  std::list<std::unique_ptr<item>> owned;
  long turn(int depth) {
    std::ostringstream text;
    text << I << "/" << depth;
    item key{depth + I, text.str()};
    goods[key].push_back(depth);
    goods[key].push_back(0.5 * depth);
    orders.push_back(std::make_tuple(depth, key.label, 1.0));
    ranks.emplace(depth, key);
    owned.push_back(std::make_unique<item>(key));
    auto branch = std::make_shared<store>();
    branch->price = [depth](const store &s) { return (long)s.goods.size() + depth; };
    branches[key.label] = branch;
    std::vector<long> prices;
    for (auto &each : branches) prices.push_back(each.second->price(*this));
    std::sort(prices.begin(), prices.end(), std::greater<long>());
    return prices[0] + (depth == 0 ? 0 : turn(depth - 1));
  }
};
}
extern "C" long stock_turn%(n)d(int depth) {
  long sum = 0;
%(calls)s
  return sum;
}
"""

MAIN = """
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

%(declarations)s
static long fall(int depth) {
  std::map<std::string, std::vector<int>> ledger{{"a", {1, 2, 3}}, {"b", {4, 5}}};
  std::string title = "depth " + std::to_string(depth);
  if (depth == 0) abort();
  return fall(depth - 1) + (long)ledger.size() + (long)title.size();
}
int main(int argc, char **argv) {
  long sum = 0;
%(calls)s
  for (int i = 0; i < 100; i++) sum += i; /* the breakpoint of the benchmark */
  if (argc > 1 && strcmp(argv[1], "crash") == 0) sum += fall(10);
  return sum == 0;
}
"""

KINDS = 4


def run(*words):
    subprocess.run(words, check=True)


def debug_bytes(path):
    lines = subprocess.run(["size", "-A", "-d", path], check=True, capture_output=True, text=True).stdout.splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(".debug_"))


def compiled(out, number):
    """The object of one unit, made once."""
    source, made = out / f"unit{number}.cpp", out / f"unit{number}.o"
    if not made.exists():
        calls = "\n".join(
            f"  stock{number}::store<{number * 100 + i}> s{i}; sum += s{i}.turn(depth);" for i in range(24))
        source.write_text(UNIT % {"n": number, "calls": calls})
        run("g++", "-std=c++17", "-g", "-O0", "-c", "-o", str(made), str(source))
    return made


def copy_of(out, made, number, copy):
    """The object with every symbol that it defines renamed, so that nothing of two copies is merged."""
    defined = subprocess.run(["nm", "-j", "--defined-only", made], check=True, capture_output=True, text=True).stdout
    names = out / "names.txt"
    names.write_text("".join(f"{name} c{copy}{name}\n" for name in sorted(set(defined.split()))))
    target = out / f"unit{number}-{copy}.o"
    run("objcopy", f"--redefine-syms={names}", str(made), str(target))
    return target


def main():
    out, name, wanted = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3]) << 20
    work = out / (name + ".work")
    work.mkdir(parents=True, exist_ok=True)
    units = [compiled(work, n) for n in range(KINDS)]
    objects, functions, total = [], [], 0
    sizes = [linked_share(unit) for unit in units]
    while total < wanted:
        number = len(objects) % KINDS
        copy = len(objects) // KINDS
        objects.append(copy_of(work, units[number], number, copy))
        functions.append(f"c{copy}stock_turn{number}")
        total += sizes[number]
    source = out / (name + ".cpp")
    source.write_text(MAIN % {
        "declarations": "\n".join(f'extern "C" long {f}(int);' for f in functions),
        "calls": "\n".join(f"  sum += {f}(1);" for f in functions)})
    # the other linker of binutils takes a fraction of the time
    linker = ["-fuse-ld=gold"] if shutil.which("ld.gold") else []
    run("g++", "-std=c++17", "-g", "-static", *linker, "-o", str(out / name), str(source), *map(str, objects))
    for made in objects:
        made.unlink()
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for old in out.glob("core*"):
        old.unlink()
    subprocess.run([str(out / name), "crash"], cwd=out, check=False)
    cores = list(out.glob("core*"))
    if not cores:
        sys.exit("no core was written; kernel.core_pattern is " + pathlib.Path("/proc/sys/kernel/core_pattern").read_text())
    os.replace(cores[0], out / (name + ".core"))
    print(f"{out / name}: {debug_bytes(out / name) / 2**20:.0f} MiB of debug information")


def linked_share(made):
    """What a copy adds to the program: all but the strings, which the linker merges."""
    lines = subprocess.run(["size", "-A", "-d", made], check=True, capture_output=True, text=True).stdout.splitlines()
    return sum(int(line.split()[1]) for line in lines
               if line.startswith(".debug_") and not line.startswith(".debug_str"))


if __name__ == "__main__":
    main()
