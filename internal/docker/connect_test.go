package docker_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batten/internal/docker"
	"batten/internal/testenv/require"
)

func TestConnectSaysWhatIsInTheWay(t *testing.T) {
	folder := t.TempDir()
	stale := filepath.Join(folder, "stale.sock")
	listener, err := net.Listen("unix", stale)
	if err != nil {
		t.Fatal(err)
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = listener.Close()

	for _, test := range []struct{ host, reason string }{
		{"unix://" + filepath.Join(folder, "absent.sock"), "absent"},
		{"unix://" + stale, "nothing listens on"},
		{"tcp://127.0.0.1:1", "127.0.0.1:1"},
		{"nonsense", "nonsense"},
	} {
		t.Setenv("DOCKER_HOST", test.host)
		_, err := docker.Connect(t.Context())
		if !errors.Is(err, docker.ErrNoEngine) || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: error %v does not say %q", test.host, err, test.reason)
		}
	}
}

func TestConnectSaysThatPermissionIsMissing(t *testing.T) {
	if !require.Unprivileged(t) {
		return
	}
	socket := filepath.Join(t.TempDir(), "closed.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := os.Chmod(socket, 0); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_HOST", "unix://"+socket)
	_, err = docker.Connect(t.Context())
	if !errors.Is(err, docker.ErrNoEngine) || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("error %v", err)
	}
}
