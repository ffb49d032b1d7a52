package vm

import (
	"context"
	"errors"
	"fmt"

	"batten/internal/audit"
	"batten/internal/vm/wire"
)

// request waits for its end.
type request struct {
	each func(wire.Message) // called with what comes before the end, in order, by the receiving goroutine
	done chan wire.Message  // holds the end
}

// begin sends a request. A nil each ignores what comes before its end.
func (m *Machine) begin(message wire.Message, each func(wire.Message)) (uint32, *request, error) {
	r := &request{each: each, done: make(chan wire.Message, 1)}
	m.mu.Lock()
	m.requests++
	message.ID = m.requests
	m.open[message.ID] = r
	m.mu.Unlock()
	return message.ID, r, m.send(message)
}

// send tells a machine that has ended from one that cannot be spoken to.
func (m *Machine) send(message wire.Message) error {
	err := m.conn.Send(message)
	if err == nil {
		return nil
	}
	select {
	case <-m.ended:
		return m.cause
	default:
		return err
	}
}

// wait returns the end of a request.
func (m *Machine) wait(ctx context.Context, r *request) (wire.Message, error) {
	select {
	case d := <-r.done:
		return d, fault(d)
	case <-ctx.Done():
		return wire.Message{}, context.Cause(ctx)
	case <-m.ended:
	}
	select {
	case d := <-r.done: // it ended after having answered
		return d, fault(d)
	default:
		return wire.Message{}, m.cause
	}
}

func fault(d wire.Message) error {
	if d.Error != "" {
		return fmt.Errorf("in the virtual machine: %w", errors.New(d.Error))
	}
	return nil
}

// receive hands out what the guest says, until the port closes.
func (m *Machine) receive(hello chan<- struct{}) {
	for {
		message, err := m.conn.Receive()
		if err != nil {
			return
		}
		switch message.Kind {
		case wire.Hello:
			close(hello)
		case wire.Record:
			m.note(audit.Record{Type: message.Status, Text: string(message.Data)})
		default:
			m.answer(message)
		}
	}
}

func (m *Machine) answer(message wire.Message) {
	m.mu.Lock()
	r := m.open[message.ID]
	if message.Kind == wire.Done {
		delete(m.open, message.ID)
	}
	m.mu.Unlock()
	switch {
	case r == nil:
	case message.Kind == wire.Done:
		r.done <- message
	case r.each != nil:
		r.each(message)
	}
}
