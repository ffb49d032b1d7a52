// Package wire is what the virtual machine's first program and the tests say to
// each other, over one serial port.
//
// Invariant: every request of the host carries an ID that it uses once, and the
// guest ends each with exactly one [Done] of that ID, so that no request is
// waited for for ever while the machine lives.
package wire

import (
	"encoding/gob"
	"fmt"
	"io"
	"sync"
)

// Port is the name of the serial port.
const Port = "batten.control"

// Chunk is how much of a file or of an output goes into one message at most.
const Chunk = 256 << 10

// Kind says what a message is.
type Kind uint8

// The kinds of messages.
const (
	Hello  Kind = iota + 1 // guest: ready
	Run                    // host: start Command
	Signal                 // host: send Status, a signal's number, to the processes of the command ID
	Output                 // guest: Data that the command ID wrote to stream Status (1, 2)
	Put                    // host: Data of a tar archive to unpack at the root; without Data: its end
	Get                    // host: pack the file or folder Path
	Piece                  // guest: Data of that archive
	Sync                   // host: answer when all audit records so far are sent
	Record                 // guest: an audit record, Status is its type, Data its text
	Done                   // guest: end of the request ID; Status is a command's exit status, Error why it could not be done
)

// Command is what the guest runs. The fields have the meanings of exec.Cmd.
type Command struct {
	Args  []string
	Env   []string
	Dir   string
	Stdin []byte
}

// Message is what goes over the port.
type Message struct {
	Kind    Kind
	ID      uint32
	Status  int
	Error   string
	Path    string
	Data    []byte
	Command *Command
}

// Conn is one end. Send may be called by many at once, Receive by one.
type Conn struct {
	sending sync.Mutex
	encoder *gob.Encoder
	decoder *gob.Decoder
}

// New returns an end that speaks over rw, which remains the caller's to close.
func New(rw io.ReadWriter) *Conn {
	return &Conn{encoder: gob.NewEncoder(rw), decoder: gob.NewDecoder(rw)}
}

// Send writes one message.
func (c *Conn) Send(m Message) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	if err := c.encoder.Encode(m); err != nil {
		return fmt.Errorf("send message: %w", err)
	}
	return nil
}

// Receive reads the next message. At the end it returns io.EOF.
func (c *Conn) Receive() (Message, error) {
	var m Message
	err := c.decoder.Decode(&m)
	return m, err
}

// Writer makes what is written to it into messages like m with Data.
func (c *Conn) Writer(m Message) io.Writer { return &writer{c, m} }

type writer struct {
	conn    *Conn
	message Message
}

// Write implements io.Writer.
func (w *writer) Write(data []byte) (int, error) {
	written := 0
	for len(data) > 0 {
		n := min(len(data), Chunk)
		m := w.message
		m.Data = data[:n]
		if err := w.conn.Send(m); err != nil {
			return written, err
		}
		written, data = written+n, data[n:]
	}
	return written, nil
}
