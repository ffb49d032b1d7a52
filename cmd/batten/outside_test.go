package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"batten/internal/testenv/require"
)

// The machine outside has an address of those that documentation uses.
const (
	outsideAddress = "198.51.100.2"
	outsidePort    = 8080
	nearAddress    = "198.51.100.1" // this machine's end of the line to it
)

// outside makes a machine on the far side of this one: a network namespace behind a
// line of its own, in which something listens.
func outside(t *testing.T) {
	t.Helper()
	require.Tool(t, "docker", "ip")
	name := fmt.Sprintf("batten%d", os.Getpid())
	near, far := fmt.Sprintf("bn%d", os.Getpid()), fmt.Sprintf("bf%d", os.Getpid())
	ip := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v %s", args, err, out)
		}
	}
	ip("netns", "add", name)
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "delete", name).Run() })
	ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
	ip("address", "add", nearAddress+"/24", "dev", near)
	ip("link", "set", near, "up")
	ip("-n", name, "address", "add", outsideAddress+"/24", "dev", far)
	ip("-n", name, "link", "set", far, "up")
	listener, err := listenIn("/run/netns/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
}

// listenIn listens in a network namespace: a socket stays in the one that its thread
// was in.
func listenIn(namespace string) (net.Listener, error) {
	type result struct {
		listener net.Listener
		err      error
	}
	made := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its goroutine
		file, err := os.Open(namespace)
		if err == nil {
			defer file.Close()
			err = unix.Setns(int(file.Fd()), unix.CLONE_NEWNET)
		}
		if err != nil {
			made <- result{nil, err}
			return
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("%s:%d", outsideAddress, outsidePort))
		made <- result{listener, err}
	}()
	r := <-made
	return r.listener, r.err
}
