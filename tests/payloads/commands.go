// Child processes from Go: output, input, statuses, signals, pipes between two of them, a context that ends one.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	sorted := exec.Command("sort")
	sorted.Stdin = strings.NewReader("b\na\nc\n")
	out, err := sorted.Output()
	fmt.Printf("%q %v\n", out, err)
	_, err = exec.Command("sh", "-c", "echo problem >&2; exit 6").Output()
	fmt.Printf("%v %q\n", err, err.(*exec.ExitError).Stderr)
	first, second := exec.Command("seq", "1000"), exec.Command("tail", "-n", "1")
	second.Stdin, _ = first.StdoutPipe()
	first.Start()
	out, _ = second.Output()
	fmt.Printf("%q %v\n", out, first.Wait())
	short, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	fmt.Println(exec.CommandContext(short, "sleep", "60").Run())
	_, err = exec.LookPath("nothere")
	fmt.Println(err != nil)
	os.Exit(2)
}
