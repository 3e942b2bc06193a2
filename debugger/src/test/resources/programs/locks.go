// Two goroutines that wait for each other, and main for one of them.
package main

import "sync"

var left, right sync.Mutex

func takes(own, other *sync.Mutex, ready *sync.WaitGroup) {
	own.Lock()
	ready.Done()
	ready.Wait()
	other.Lock()
}

func main() {
	var ready sync.WaitGroup
	ready.Add(2)
	go takes(&left, &right, &ready)
	go takes(&right, &left, &ready)
	ready.Wait()
	left.Lock()
}
