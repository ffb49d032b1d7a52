//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"batten/internal/vm/wire"
)

// server does what the host asks for.
type server struct {
	conn *wire.Conn
	puts map[uint32]*unpacking // used by the receiving goroutine alone

	mu      sync.Mutex
	running map[uint32]int // process groups by request
	work    sync.WaitGroup
}

// serve answers requests until the host closes its end of the port.
func serve() error {
	path, err := port(wire.Port)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open port: %w", err)
	}
	defer file.Close()
	s := &server{conn: wire.New(file), puts: map[uint32]*unpacking{}, running: map[uint32]int{}}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	log, err := listen(ctx, s.conn)
	if err != nil {
		return err
	}
	if err := s.conn.Send(wire.Message{Kind: wire.Hello}); err != nil {
		return err
	}
	for {
		m, err := s.conn.Receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		switch m.Kind {
		case wire.Run:
			s.run(m)
		case wire.Signal:
			s.signal(m)
		case wire.Put:
			s.put(m)
		case wire.Get:
			s.work.Go(func() { s.get(m) })
		case wire.Sync:
			s.work.Go(func() { s.done(m.ID, 0, log.sync(ctx)) })
		}
	}
}

// done ends a request.
func (s *server) done(id uint32, status int, err error) {
	m := wire.Message{Kind: wire.Done, ID: id, Status: status}
	if err != nil {
		m.Error = err.Error()
	}
	// Without the port there is nobody to tell.
	_ = s.conn.Send(m)
}

// port finds the device of a serial port by the name that the host gave it.
func port(name string) (string, error) {
	files, err := filepath.Glob("/sys/class/virtio-ports/*/name")
	if err != nil {
		return "", err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && strings.TrimSpace(string(text)) == name {
			return "/dev/" + filepath.Base(filepath.Dir(file)), nil
		}
	}
	return "", fmt.Errorf("no serial port is named %s", name)
}
