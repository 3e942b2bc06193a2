// An HTTP server and a hundred clients in one process: the network poller, timers, contexts, JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/sum", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		json.NewEncoder(w).Encode(map[string]int{"length": len(body)})
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
	})
	server := &http.Server{Handler: mux}
	go server.Serve(listener)
	base := "http://" + listener.Addr().String()

	var group sync.WaitGroup
	var lock sync.Mutex
	var lines []string
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			answer, err := http.Post(base+"/sum", "text/plain", strings.NewReader(strings.Repeat("x", i*1000)))
			if err != nil {
				panic(err)
			}
			body, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			lock.Lock()
			lines = append(lines, fmt.Sprintf("%02d %d %s", i, answer.StatusCode, strings.TrimSpace(string(body))))
			lock.Unlock()
		}(i)
	}
	group.Wait()
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))

	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	request, _ := http.NewRequestWithContext(short, "GET", base+"/slow", nil)
	_, err = http.DefaultClient.Do(request)
	fmt.Println("slow:", short.Err(), err != nil)

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println("signal:", <-signals)
	fmt.Println("shutdown:", server.Shutdown(context.Background()))
	os.Exit(9)
}
