# A program of two objects and a library: preprocess, compile, archive, link, run; an error; C++; make with two jobs.
set -eu
cat > a.c <<'C'
#include <stdio.h>
#include "b.h"
int main(void) { printf("%d %s\n", twice(21), __STDC_VERSION__ >= 201112L ? "c11" : "old"); return 5; }
C
echo 'int twice(int);' > b.h; printf '#include "b.h"\nint twice(int n) { return 2 * n; }\n' > b.c
gcc -O2 -Wall -c a.c; gcc -O2 -g -c b.c; ar rcs libb.a b.o; gcc -o program a.o -L. -lb; ./program || echo "status $?"
gcc -shared -fPIC -o libb.so b.c; gcc -o dynamic a.c ./libb.so; ./dynamic || echo "status $?"; nm libb.a | grep twice; size program | wc -l
echo 'int main( { return 0; }' > broken.c; gcc broken.c || echo "gcc $?"
printf '#include <iostream>\n#include <vector>\nint main() { std::vector<int> v{1, 2, 3}; for (int x : v) std::cout << x; std::cout << "\\n"; }\n' > c.cc; g++ -O1 -o cc c.cc; ./cc
printf 'all: x y\n\t@echo linked > all; cat x y\nx y: %%: %%.in\n\t@tr a-z A-Z < $< > $@\nfail:\n\t@exit 3\n' > Makefile; echo one > x.in; echo two > y.in
make -j2; make -s; make fail || echo "make $?"
gcc -O0 -S -o - b.c | grep -c ret; objdump -d b.o | grep -c 'ret'; strip program; ./program || exit 6
