package vm

import (
	"errors"
	"testing"

	"batten/internal/audit"
	"batten/internal/vm/wire"
)

// note keeps a record of AppArmor.
func (m *Machine) note(r audit.Record) {
	if r.Type != audit.TypeAVC {
		return
	}
	e, err := audit.Parse(r.Text)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		m.events = append(m.events, e)
	case !errors.Is(err, audit.ErrOther) && m.unread == nil:
		m.unread = err
	}
}

// Audit returns what AppArmor has noted since the last call, or since the start: all
// of it, up to what happened before this call. It fails the test when the kernel
// dropped a record or wrote one that cannot be read.
func (m *Machine) Audit(t testing.TB) []audit.Event {
	t.Helper()
	_, r, err := m.begin(wire.Message{Kind: wire.Sync}, nil)
	if err == nil {
		_, err = m.wait(t.Context(), r)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(err, m.unread); err != nil {
		t.Fatalf("read audit records: %v", err)
	}
	events := m.events
	m.events = nil
	return events
}
