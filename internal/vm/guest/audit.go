//go:build linux

package main

import (
	"context"
	"fmt"
	"sync"

	"batten/internal/audit"
	"batten/internal/vm/wire"
)

// auditLog sends every audit record of the kernel to the host.
type auditLog struct {
	listener *audit.Listener

	mu    sync.Mutex
	marks map[audit.Mark]chan struct{} // closed when the mark was heard
}

// listen begins to hear records, until ctx ends.
func listen(ctx context.Context, conn *wire.Conn) (*auditLog, error) {
	l, err := audit.Listen()
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	a := &auditLog{listener: l, marks: map[audit.Mark]chan struct{}{}}
	go a.forward(conn)
	return a, nil
}

// forward ends with the listener or the port.
func (a *auditLog) forward(conn *wire.Conn) {
	for {
		r, err := a.listener.Next()
		if err != nil || !a.isMark(r) && conn.Send(wire.Message{Kind: wire.Record, Status: r.Type, Data: []byte(r.Text)}) != nil {
			return
		}
	}
}

func (a *auditLog) isMark(r audit.Record) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for m, heard := range a.marks {
		if m.Is(r) {
			close(heard)
			delete(a.marks, m)
			return true
		}
	}
	return false
}

// sync waits until every record that the kernel has written so far is sent.
func (a *auditLog) sync(ctx context.Context) error {
	m, heard := a.listener.NewMark(), make(chan struct{})
	a.mu.Lock()
	a.marks[m] = heard
	a.mu.Unlock()
	if err := m.Write(ctx); err != nil {
		return err
	}
	select {
	case <-heard:
	case <-ctx.Done():
		return ctx.Err()
	}
	if n := a.listener.Lost(); n > 0 {
		return fmt.Errorf("the kernel dropped audit records, at %d places", n)
	}
	return nil
}
