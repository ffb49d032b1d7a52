package sample

import (
	"bytes"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

// The test's own process, on the real machine.
func TestARealProcessIsMeasured(t *testing.T) {
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	hold := bytes.Repeat([]byte{1}, 20<<20)
	s := New("/")
	if !s.Follow(Target{Key: "self", PID: os.Getpid()}) {
		t.Fatal("not there")
	}
	s.Sample(time.Now())
	runtime.KeepAlive(hold)
	got := seen(t, s, "self")
	port := listener.Addr().(*net.TCPAddr).Port
	found := false
	for _, e := range got.Listening {
		found = found || e.Port == port
	}
	if !found {
		t.Errorf("port %d is not among %v", port, got.Listening)
	}
	if r := got.Resources; r.MemoryBytes < 20<<20 || r.OpenFiles < 4 || r.Processes < 2 {
		t.Errorf("%+v", r)
	}
	if len(got.Identities) == 0 || got.Identities[0].UID != os.Geteuid() || got.Identities[0].Program == "" {
		t.Errorf("%+v", got.Identities)
	}
}
