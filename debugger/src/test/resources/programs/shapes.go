// A program with a value of every Go type, goroutines in every state, and a way to stop in the midst of them.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

type Point struct{ X, Y int }

type Named struct {
	Point
	*sync.Mutex
	Name string
	tags []string
}

type Shape interface {
	Area() float64
}

type Circle struct{ R float64 }
type Square struct{ Side float64 }

func (c Circle) Area() float64  { return 3 * c.R * c.R }
func (s *Square) Area() float64 { return s.Side * s.Side }

type Kind uint8

const (
	Small Kind = iota
	Large
)

type Failure struct{ Code int }

func (f *Failure) Error() string { return fmt.Sprint("failure ", f.Code) }

type Node struct {
	Value int
	Next  *Node
}

var counter = 42
var registry = map[string]Point{"one": {1, 1}, "two": {2, 4}}

//go:noinline
func breakHere(n int) {
	counter += n // stop here
	if len(os.Args) > 2 {
		var p *Point
		p.X = n // crash
	}
}

// Everything that Go's own trace says of all goroutines goes to the file that the first argument names.
func trace() {
	if len(os.Args) < 2 {
		return
	}
	debug.SetTraceback("system")
	text := make([]byte, 1<<20)
	text = text[:runtime.Stack(text, true)]
	if err := os.WriteFile(os.Args[1], text, 0o600); err != nil {
		panic(err)
	}
}

type Server struct {
	jobs chan int
	done chan struct{}
	wait sync.WaitGroup
}

func (s *Server) Handle(id int) {
	defer s.wait.Done()
	for job := range s.jobs {
		func() {
			counter += job * id
		}()
	}
}

func (s *Server) Start(n int) {
	for i := 0; i < n; i++ {
		s.wait.Add(1)
		go s.Handle(i)
	}
}

// Whether all others have come to where they wait: none is runnable in Go's own trace, but the one that spins.
func parked() bool {
	text := make([]byte, 1<<20)
	text = text[:runtime.Stack(text, true)]
	return bytes.Count(text, []byte("[runnable")) == 0 && bytes.Contains(text, []byte("[chan send"))
}

// A stack that has to be moved while it is stepped through.
//
//go:noinline
func deep(n int) int {
	var room [128]int
	if n == 0 {
		return room[0]
	}
	return deep(n-1) + 1
}

func grow(done chan int) {
	sum := deep(0)
	sum += deep(2000) // grows
	done <- sum       // grown
}

func values() {
	text := "héllo, wörld"
	empty := ""
	ints := []int{1, 2, 3, 5, 8}
	var nilSlice []string
	sub := ints[1:3]
	array := [3]string{"a", "b", "c"}
	matrix := [2][3]int{{1, 2, 3}, {4, 5, 6}}
	ages := map[string]int{"ann": 30, "bob": 25, "cid": 41}
	big := map[int]string{}
	for i := 0; i < 100; i++ {
		big[i] = fmt.Sprint("v", i)
	}
	var nilMap map[string]bool
	var anything interface{} = 7
	var words interface{} = "words"
	var nothing interface{}
	var shape Shape = Circle{2}
	var square Shape = &Square{3}
	var none Shape
	err := errors.New("broken")
	var failure error = &Failure{5}
	point := Point{3, 4}
	pointer := &point
	var nilPointer *Point
	named := Named{Point{1, 2}, &sync.Mutex{}, "nm", []string{"x", "y"}}
	buffered := make(chan int, 4)
	buffered <- 10
	buffered <- 20
	unbuffered := make(chan string)
	var nilChan chan bool
	function := Circle.Area
	closure := func(x int) int { return x + point.X }
	var nilFunc func()
	c64 := complex64(complex(1, 2))
	c128 := complex(3, -4)
	kind := Large
	when := time.Date(2024, 2, 29, 12, 30, 15, 500, time.UTC)
	span := 90 * time.Second
	char := 'é'
	data := []byte("bytes")
	list := &Node{1, &Node{2, nil}}
	nested := map[string][]Point{"p": {{1, 2}, {3, 4}}}
	flag := true
	f32 := float32(1.5)
	u8 := uint8(200)
	anon := struct {
		A int
		B string
	}{1, "b"}
	go func() { unbuffered <- "sent" }()
	runtime.Gosched() // switches goroutines
	for len(buffered) < 2 || !parked() {
		runtime.Gosched()
	}
	trace()
	breakHere(closure(1))
	fmt.Println(text, empty, ints, nilSlice, sub, array, matrix, ages, len(big), nilMap, anything, words, nothing)
	fmt.Println(shape, square, none, err, failure, point, pointer, nilPointer, named.Name, named.X, len(buffered), unbuffered, nilChan)
	fmt.Println(function(Circle{1}), nilFunc == nil, c64, c128, kind, when, span, char, data, list, nested, flag, f32, u8, anon)
}

func main() {
	server := &Server{jobs: make(chan int), done: make(chan struct{})}
	server.Start(5)
	var lock sync.Mutex
	lock.Lock()
	go func() {
		lock.Lock()
		defer lock.Unlock()
	}()
	go func() {
		time.Sleep(time.Hour)
	}()
	go func() {
		select {
		case <-server.done:
		case v := <-server.jobs:
			counter = v
		}
	}()
	server.jobs <- 1
	done := make(chan int)
	go grow(done)
	fmt.Println(<-done)
	values()
	lock.Unlock()
	close(server.jobs)
	server.wait.Wait()
}
