package main

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"batten/internal/fault"
)

// results is standard output. It remembers the first write that failed, so that a
// result that was lost is not taken for one that was given.
type results struct {
	file io.Writer
	err  error
}

func (r *results) Write(p []byte) (int, error) {
	n, err := r.file.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// join adds what went wrong with writing to a command's error. A reader that went
// away had enough, which is no error.
func (r *results) join(err error) error {
	switch {
	case r.err == nil:
		return err
	case errors.Is(r.err, syscall.EPIPE):
		if err != nil && errors.Is(err, syscall.EPIPE) {
			return nil
		}
		return err
	case err == nil || errors.Is(err, r.err):
		return fault.Wrap(fault.Environment, fmt.Errorf("write result: %w", r.err), "make room, or write it elsewhere")
	}
	return err
}
