#!/bin/sh
# Compiles the samples: build.sh OUT. Each sample NAME/NAME.c becomes OUT/NAME/NAME (static, musl) beside a copy of its
# source; its debug information names the source relative to the folder, so that the folder can be moved.
set -eu
here=$(CDPATH= cd -P -- "$(dirname "$0")" && pwd)
out=${1:?"usage: build.sh OUT"}
mkdir -p "$out"
out=$(CDPATH= cd -P -- "$out" && pwd)
for source in "$here"/*/*.c; do
  name=$(basename "$source" .c)
  mkdir -p "$out/$name"
  cp "$source" "$out/$name/$name.c"
  (cd "$out/$name" && musl-gcc -static -g -O0 -Wall -Wextra -pthread -fdebug-prefix-map="$out/$name=." -o "$name" "$name.c")
done
