#!/bin/sh
# Makes the payloads of the table of programs: build.sh OUT. SQLite's shell (the amalgamation as the npm package sqlite3
# carries it) with musl; Go, static and against the C library; Rust; C++, dynamic and static; Java classes; Debian's
# static busybox. What is newer than its source is kept.
set -eu
here=$(CDPATH= cd -P -- "$(dirname -- "$0")" && pwd)
out=${1:?"usage: build.sh OUT"}
mkdir -p "$out"
cd "$out"

if [ ! -x sqlite3 ]; then
  mkdir -p sqlite && cd sqlite
  npm pack --silent sqlite3@5.1.7 >/dev/null
  tar xzf sqlite3-5.1.7.tgz package/deps/sqlite-autoconf-3440200.tar.gz
  echo "1c6719a148bc41cf0f2bbbe3926d7ce3f5ca09d878f1246fcc20767b175bb407  package/deps/sqlite-autoconf-3440200.tar.gz" | sha256sum -c --quiet
  tar xzf package/deps/sqlite-autoconf-3440200.tar.gz --strip-components=1
  musl-gcc -static -O2 -g -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_LOAD_EXTENSION -o ../sqlite3.part shell.c sqlite3.c -pthread
  cd ..
  mv sqlite3.part sqlite3
fi

# stale FILE SOURCE: whether FILE is to be made
stale() { [ ! -e "$1" ] || [ "$here/$2" -nt "$1" ]; }

export GOFLAGS=-mod=mod GO111MODULE=off GOCACHE="$out/go-cache"
for name in collector server commands; do
  if stale $name $name.go; then
    CGO_ENABLED=0 go build -o $name.part "$here/$name.go"
    mv $name.part $name
  fi
done
if stale server-dynamic server.go; then
  CGO_ENABLED=1 go build -tags netcgo -o server-dynamic.part "$here/server.go"
  mv server-dynamic.part server-dynamic
fi

if stale workers workers.rs; then
  rustc -O -o workers.part "$here/workers.rs"
  mv workers.part workers
fi

if stale exceptions exceptions.cc; then
  g++ -std=c++17 -g -O1 -pthread -o exceptions.part "$here/exceptions.cc"
  mv exceptions.part exceptions
fi
if stale exceptions-static exceptions.cc; then
  g++ -static -std=c++17 -O1 -pthread -o exceptions-static.part "$here/exceptions.cc"
  mv exceptions-static.part exceptions-static
fi

if stale Small.class Small.java; then javac -d . "$here/Small.java"; fi

cp -f "$(command -v busybox)" busybox
