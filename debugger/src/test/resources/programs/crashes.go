// One way to crash for each word.
package main

import (
	"fmt"
	"os"
)

type node struct {
	next  *node
	value int
}

func walk(n *node) int { return n.next.value }

func at(list []int, i int) int { return list[i] }

func main() {
	switch os.Args[1] {
	case "nil":
		fmt.Println(walk(&node{value: 3}))
	case "index":
		fmt.Println(at([]int{1, 2}, len(os.Args)+3))
	case "panic":
		panic(fmt.Sprintf("bad luck %d", 13))
	}
}
