package engine

import (
	"time"

	"batten/profiles"
)

// Event is one thing that happens while a call works. Its strings may come from
// traced programs.
type Event interface{ event() }

// Level says how much a [Note] matters.
type Level int

const (
	Info Level = iota
	Warning
)

// Note is something to tell the user.
type Note struct {
	Level Level
	Text  string
	Hint  string // what to do about it; may be empty
}

// Output is one line that a program wrote which batten runs: compose, a
// workload.
type Output struct {
	From string
	Line string
}

// Waiting says what the call waits for from now on, and how to end it.
type Waiting struct{ For string }

// Progress is how a trace stands. One comes about four times a second.
type Progress struct {
	Elapsed  time.Duration
	Quiet    time.Duration // since a new call, capability, denial or program was seen
	Services []ServiceProgress
}

// ServiceProgress is how the trace of one service stands.
type ServiceProgress struct {
	Service      string
	Phase        profiles.Phase
	Calls        int // distinct, let through, of the application and executed commands
	Capabilities int // distinct, needed
	Denied       int // distinct
	Programs     int
	Files        int        // distinct paths, without those of the runtime
	Sockets      int        // distinct, without those of the runtime
	Lost         bool       // something was lost that a rule would need
	Losses       []string   // what was lost, and what that means, a sentence each
	New          []Sighting // since the event before
}

// Wrote says that a file was written.
type Wrote struct {
	Path string // relative to the project
	What string
}

func (Note) event()     {}
func (Output) event()   {}
func (Waiting) event()  {}
func (Progress) event() {}
func (Wrote) event()    {}

func (e *Engine) info(text string)       { e.emit(Note{Level: Info, Text: text}) }
func (e *Engine) warn(text, hint string) { e.emit(Note{Level: Warning, Text: text, Hint: hint}) }
