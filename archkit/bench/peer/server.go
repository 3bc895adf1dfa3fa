// The server that two load generators are compared on: it answers at once, so that what is measured is theirs.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	handler := http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("X-Archkit-Replica", "peer")
		_, _ = answer.Write([]byte("ok\n"))
	})
	fmt.Fprintln(os.Stderr, http.Serve(listener, handler))
	os.Exit(1)
}
