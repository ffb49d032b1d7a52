package docker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/moby/client"
)

// connectTimeout bounds how long an engine may take to answer its first call.
const connectTimeout = 10 * time.Second

// Engine is a connection to one engine. Its methods may be called from several
// goroutines.
type Engine struct {
	client *client.Client
	host   string
}

// Connect finds the engine that DOCKER_HOST names, else the system's socket,
// else the user's own (rootless) one, and makes sure that it answers. The error
// wraps [ErrNoEngine] and says what is in the way.
func Connect(ctx context.Context) (*Engine, error) {
	options := []client.Opt{client.WithTLSClientConfigFromEnv(), client.WithHostFromEnv()}
	if os.Getenv(client.EnvOverrideHost) == "" {
		if own := rootlessSocket(); own != "" {
			options = append(options, client.WithHost("unix://"+own))
		}
	}
	api, err := client.New(options...)
	if err != nil {
		return nil, fmt.Errorf("connect engine: %w: %w", ErrNoEngine, err)
	}
	engine := &Engine{client: api, host: api.DaemonHost()}

	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if _, err := api.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		_ = api.Close()
		return nil, fmt.Errorf("connect engine: %w: %w", ErrNoEngine, obstacle(engine.host, err))
	}
	return engine, nil
}

// Close lets go of the connection; nothing on the engine changes.
func (e *Engine) Close() error { return e.client.Close() }

// Host is the address of the engine, such as unix:///var/run/docker.sock.
func (e *Engine) Host() string { return e.host }

// Local tells whether the engine is reached over a Unix socket, so that its
// process ids, cgroups and paths are most likely this machine's.
func (e *Engine) Local() bool { return strings.HasPrefix(e.host, "unix://") }

// rootlessSocket is the user's own engine when the system has none.
func rootlessSocket() string {
	if _, err := os.Stat(strings.TrimPrefix(client.DefaultDockerHost, "unix://")); !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if folder == "" {
		return ""
	}
	socket := filepath.Join(folder, "docker.sock")
	if info, err := os.Stat(socket); err != nil || info.Mode().Type() != fs.ModeSocket {
		return ""
	}
	return socket
}

// obstacle turns "it does not answer" into what the user can do something about.
func obstacle(host string, err error) error {
	socket, unix := strings.CutPrefix(host, "unix://")
	if !unix {
		return err
	}
	if _, statErr := os.Stat(socket); errors.Is(statErr, fs.ErrNotExist) {
		return fmt.Errorf("socket %s is absent: is the engine installed and running?", socket)
	}
	conn, dialErr := net.DialTimeout("unix", socket, time.Second)
	if dialErr == nil {
		_ = conn.Close()
		return err
	}
	if errors.Is(dialErr, fs.ErrPermission) {
		return fmt.Errorf("permission denied on %s: run as root or as a member of its group", socket)
	}
	return fmt.Errorf("nothing listens on %s: is the engine running?", socket)
}
