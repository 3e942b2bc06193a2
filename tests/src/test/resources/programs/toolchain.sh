# Go's own tools: build, vet, an error of the compiler. toolchain.sh CACHE
export GOCACHE="$1" GO111MODULE=off CGO_ENABLED=0 GOFLAGS=-p=2
cat > main.go <<'G'
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	fmt.Println(strings.Repeat("built ", 2))
	os.Exit(6)
}
G
go build -o main main.go && ./main; echo "status $?"
go vet main.go; echo "vet $?"
sed -i 's/os.Exit(6)/os.Exit("6")/' main.go
go build -o main main.go; exit $?
