// Package demo is the service that batten shows itself on, and the workload that
// drives it: a guest book over HTTP, in the standard library alone, so that it
// needs no container, no network beyond the loopback address and no privilege.
//
// Invariant: the service does one thing that the workload never asks for. It is
// there to be refused.
package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Command is the hidden command of batten that runs the service.
const Command = "demo-service"

// Listening is how the service's only line of output begins; the address follows.
const Listening = "listening on "

// maxNote bounds one entry of the guest book.
const maxNote = 4 << 10

// Serve runs the service until ctx ends or it is told to stop by a signal. Its
// files are in dir. When it listens it says so on out.
func Serve(ctx context.Context, dir string, out io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serve demo: %w", err)
	}
	book := &guestBook{path: filepath.Join(dir, "guestbook.txt")}
	server := &http.Server{Handler: book.routes(), ReadHeaderTimeout: 5 * time.Second}
	closed := make(chan error, 1)
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		closed <- server.Shutdown(end)
	}()
	fmt.Fprintf(out, "%s%s\n", Listening, listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve demo: %w", err)
	}
	return <-closed
}

type guestBook struct {
	mu   sync.Mutex
	path string
}

func (g *guestBook) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "a guest book") })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /notes", g.read)
	mux.HandleFunc("POST /notes", g.write)
	mux.HandleFunc("GET /busy", busy)
	mux.HandleFunc("GET /takeover", takeover)
	return mux
}

// write puts the whole book into a new file and renames it over the old one.
func (g *guestBook) write(w http.ResponseWriter, r *http.Request) {
	note, err := bufio.NewReader(http.MaxBytesReader(w, r.Body, maxNote)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	old, err := os.ReadFile(g.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := replace(g.path, append(old, note+"\n"...)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func replace(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".guestbook-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

func (g *guestBook) read(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	http.ServeFile(w, r, g.path)
}

// busy makes the Go runtime do what it otherwise does at random: collect, give
// memory back, start threads.
func busy(w http.ResponseWriter, _ *http.Request) {
	var wg sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for range 8 {
				_ = make([]byte, 1<<20)
				runtime.Gosched()
			}
		})
	}
	wg.Wait()
	runtime.GC()
	time.Sleep(2 * time.Millisecond)
	fmt.Fprintln(w, "done")
}

// Attempt is one thing that a taken-over service tried, and how the kernel
// answered.
type Attempt struct {
	Call   string `json:"call"`
	Answer string `json:"answer"` // "allowed" or the error's text
	Errno  int    `json:"errno"`
}

// takeover stands for an intruder's code in the service. The calls are harmless:
// asked for nothing, they do nothing when they are let through.
func takeover(w http.ResponseWriter, _ *http.Request) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	attempts := []Attempt{
		try("unshare", syscall.SYS_UNSHARE, 0),
		try("process_vm_readv", sysProcessVMReadv, uintptr(os.Getpid())),
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(attempts)
}

func try(name string, number, first uintptr) Attempt {
	_, _, errno := syscall.RawSyscall6(number, first, 0, 0, 0, 0, 0)
	a := Attempt{Call: name, Answer: "allowed", Errno: int(errno)}
	if errno != 0 {
		a.Answer = errno.Error()
	}
	return a
}
