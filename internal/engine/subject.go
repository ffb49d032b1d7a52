package engine

import (
	"context"
	"io"

	"batten/trace"
)

// subject is what one trace is about: commands, processes, containers, or the
// services of a compose project. Its owner calls prepare, then begin with the
// running session, then end, then Close.
type subject interface {
	// prepare finds the targets that can be named before tracing starts. Nothing
	// is started or changed yet.
	prepare(ctx context.Context) ([]trace.Target, error)
	// begin starts what is to be traced and adds it to the session.
	begin(ctx context.Context, s trace.Session) error
	// ready reports whether the services say of themselves that they serve; known
	// is false when they do not say.
	ready(ctx context.Context) (ready, known bool)
	// done is closed when nothing is left to trace; nil when the session knows.
	done() <-chan struct{}
	// end stops what begin started and puts back what it changed. When it fails it
	// can be called again.
	end(ctx context.Context) error
	io.Closer
}
