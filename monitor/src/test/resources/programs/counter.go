// Counts requests; a timer counts besides, so that the runtime's threads and its poller are busy.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var requests, ticks int64
	go func() {
		for range time.Tick(5 * time.Millisecond) {
			atomic.AddInt64(&ticks, 1)
		}
	}()
	http.HandleFunc("/count", func(w http.ResponseWriter, r *http.Request) {
		before := atomic.LoadInt64(&ticks)
		for atomic.LoadInt64(&ticks) == before {
			time.Sleep(time.Millisecond)
		}
		fmt.Fprintf(w, "request %d of %d", atomic.AddInt64(&requests, 1), os.Getpid())
	})
	http.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) { os.Exit(int(requests)) })
	fmt.Println(listener.Addr().String())
	http.Serve(listener, nil)
}
