//go:build linux

package main

import (
	"errors"
	"io"
	"path/filepath"

	"batten/internal/vm/archive"
	"batten/internal/vm/wire"
)

// unpacking is an archive that is being received.
type unpacking struct {
	pipe *io.PipeWriter
	end  chan error
}

// put takes one piece of an archive. The unpacking goroutine ends with the
// archive: it is given all of it, or the reason why not.
func (s *server) put(m wire.Message) {
	u := s.puts[m.ID]
	if u == nil {
		reader, writer := io.Pipe()
		u = &unpacking{writer, make(chan error, 1)}
		s.puts[m.ID] = u
		s.work.Go(func() {
			err := archive.Unpack(reader, "/")
			// The rest is not for anybody.
			_, _ = io.Copy(io.Discard, reader)
			u.end <- err
		})
	}
	if len(m.Data) > 0 {
		_, _ = u.pipe.Write(m.Data)
		return
	}
	_ = u.pipe.Close()
	delete(s.puts, m.ID)
	s.done(m.ID, 0, <-u.end)
}

// get packs a file or folder under its own name.
func (s *server) get(m wire.Message) {
	if !filepath.IsAbs(m.Path) {
		s.done(m.ID, 0, errors.New("path is not absolute"))
		return
	}
	err := archive.Pack(s.conn.Writer(wire.Message{Kind: wire.Piece, ID: m.ID}), []archive.Entry{{Name: filepath.Base(m.Path), From: m.Path}})
	s.done(m.ID, 0, err)
}
