package vm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"batten/internal/vm/archive"
	"batten/internal/vm/wire"
)

// Put copies files and folders into the guest: from the path in this machine to the
// absolute path in the guest. They belong to root there and keep their modes.
func (m *Machine) Put(t testing.TB, files map[string]string) {
	t.Helper()
	var entries []archive.Entry
	for to, from := range files {
		entries = append(entries, archive.Entry{Name: strings.TrimPrefix(path.Clean(to), "/"), From: from})
	}
	slices.SortFunc(entries, func(a, b archive.Entry) int { return strings.Compare(a.Name, b.Name) })
	if err := m.put(t.Context(), entries); err != nil {
		t.Fatalf("copy files into the virtual machine: %v", err)
	}
}

// Write makes one file in the guest.
func (m *Machine) Write(t testing.TB, name, content string, mode fs.FileMode) {
	t.Helper()
	e := archive.Entry{Name: strings.TrimPrefix(path.Clean(name), "/"), Content: []byte(content), Mode: mode}
	if err := m.put(t.Context(), []archive.Entry{e}); err != nil {
		t.Fatalf("write %s in the virtual machine: %v", name, err)
	}
}

func (m *Machine) put(ctx context.Context, entries []archive.Entry) error {
	m.mu.Lock()
	m.requests++
	id := m.requests
	r := &request{done: make(chan wire.Message, 1)}
	m.open[id] = r
	m.mu.Unlock()
	packed := archive.Pack(writer(func(data []byte) error {
		return m.send(wire.Message{Kind: wire.Put, ID: id, Data: data})
	}), entries)
	// The guest hears of the end in any case; a half archive it refuses.
	if err := errors.Join(packed, m.send(wire.Message{Kind: wire.Put, ID: id})); err != nil {
		return err
	}
	_, err := m.wait(ctx, r)
	return err
}

// Get copies a file or a folder out of the guest, into the folder here.
func (m *Machine) Get(t testing.TB, from, folder string) {
	t.Helper()
	if err := m.get(t.Context(), from, folder); err != nil {
		t.Fatalf("copy %s out of the virtual machine: %v", from, err)
	}
}

func (m *Machine) get(ctx context.Context, from, folder string) error {
	in, out := io.Pipe()
	unpacked := make(chan error, 1)
	go func() {
		err := archive.Unpack(in, folder)
		_, _ = io.Copy(io.Discard, in)
		unpacked <- err
	}()
	_, r, err := m.begin(wire.Message{Kind: wire.Get, Path: from}, func(p wire.Message) { _, _ = out.Write(p.Data) })
	if err == nil {
		_, err = m.wait(ctx, r)
	}
	if err != nil {
		_ = out.CloseWithError(fmt.Errorf("archive is cut off: %w", err))
		<-unpacked
		return err
	}
	_ = out.Close()
	return <-unpacked
}

// writer cuts what is written to it into pieces that fit into a message.
type writer func([]byte) error

// Write implements io.Writer.
func (w writer) Write(data []byte) (int, error) {
	written := 0
	for piece := range slices.Chunk(data, wire.Chunk) {
		if err := w(piece); err != nil {
			return written, err
		}
		written += len(piece)
	}
	return written, nil
}
