// Goroutines that pass work on through channels while the garbage collector runs.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

type item struct {
	number int
	bytes  []byte
}

func main() {
	work := make(chan *item)
	sums := make(chan int, 64)
	var group sync.WaitGroup
	for i := 0; i < 16; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			sum := 0
			for it := range work {
				for _, b := range it.bytes {
					sum += int(b)
				}
				sum += it.number
			}
			sums <- sum
		}()
	}
	for i := 0; i < 20000; i++ {
		it := &item{i, make([]byte, 1024)}
		it.bytes[i%1024] = byte(i)
		work <- it
		if i%5000 == 0 {
			runtime.GC()
		}
	}
	close(work)
	group.Wait()
	close(sums)
	total := 0
	for s := range sums {
		total += s
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("total", total, "collected", stats.NumGC >= 4)
	select {
	case <-time.After(20 * time.Millisecond):
		fmt.Println("timer")
	}
	defer func() {
		fmt.Println("recovered:", recover())
		fmt.Fprintln(os.Stderr, "done")
		os.Exit(3)
	}()
	var nothing *item
	fmt.Println(nothing.number)
}
