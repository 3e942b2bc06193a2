package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

type shape interface {
	area() float64
	name() string
}

type rectangle struct {
	width, height float64
	label         string
}

type circle struct {
	radius float64
	tags   []string
}

func (r *rectangle) area() float64 { return r.width * r.height }
func (r *rectangle) name() string  { return "rectangle " + r.label }
func (c circle) area() float64     { return 3 * c.radius * c.radius }
func (c circle) name() string      { return strings.Join(c.tags, "-") }

func total(shapes []shape) (sum float64) {
	for i, s := range shapes {
		part := s.area()
		if part < 0 {
			fmt.Println("negative", i, s.name())
			continue
		}
		sum += part
	}
	return sum
}

func count(words []string) map[string]int {
	counts := make(map[string]int)
	for _, word := range words {
		lower := strings.ToLower(word)
		counts[lower]++
	}
	return counts
}

func sorted(counts map[string]int) []string {
	var keys []string
	for key := range counts {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(a, b int) bool {
		if counts[keys[a]] != counts[keys[b]] {
			return counts[keys[a]] > counts[keys[b]]
		}
		return keys[a] < keys[b]
	})
	return keys
}

func produce(numbers chan<- int, limit int) {
	defer close(numbers)
	for n := 0; n < limit; n++ {
		numbers <- n * n
	}
}

func main() {
	shapes := []shape{&rectangle{2, 3, "small"}, circle{1.5, []string{"round", "red"}}}
	fmt.Println(total(shapes))
	counts := count(append(os.Args, "One", "two", "one"))
	for i, key := range sorted(counts) {
		fmt.Printf("%d %s %d\n", i, key, counts[key])
	}
	numbers := make(chan int)
	go produce(numbers, 5)
	var sum int
	for n := range numbers {
		sum += n
	}
	fmt.Println(sum)
}
