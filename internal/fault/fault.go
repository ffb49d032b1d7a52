// Package fault gives errors what a command line needs beside their text: the
// kind, which decides the exit code, and a hint, which says what to do about it.
//
// Invariant: the hint is never part of the error's text, so that it is printed
// once and can be left out of logs and JSON.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind is what an error means to whoever called batten.
type Kind int

const (
	Internal    Kind = iota // a bug, or a condition nobody thought of
	Findings                // it worked, and what it found is not good
	Usage                   // the command line or an input is wrong
	Environment             // the machine lacks something
	TimeLimit               // the time given was not enough
	Interrupted             // the user wanted it to end
)

// ExitCode is the exit code that stands for a kind.
func (k Kind) ExitCode() int {
	switch k {
	case Findings:
		return 1
	case Usage:
		return 2
	case Environment:
		return 3
	case TimeLimit:
		return 124
	case Interrupted:
		return 130
	}
	return 4
}

// Error is an error with a kind and a hint. Its text is that of Err.
type Error struct {
	Kind Kind
	Err  error
	Hint string // what to do about it, one line; may be empty
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with a hint; format and args are those of
// [fmt.Errorf].
func New(kind Kind, hint, format string, args ...any) error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...), Hint: hint}
}

// Wrap gives err a kind and a hint without changing its text. A nil error stays
// nil.
func Wrap(kind Kind, err error, hint string) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Err: err, Hint: hint}
}

// Default gives err a kind and a hint unless it has them already.
func Default(kind Kind, err error, hint string) error {
	var have *Error
	if err == nil || errors.As(err, &have) {
		return err
	}
	return Wrap(kind, err, hint)
}

// KindOf is the kind of the outermost [Error] in err's chain; an ended context
// counts as interrupted or as out of time.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.DeadlineExceeded):
		return TimeLimit
	case errors.Is(err, context.Canceled):
		return Interrupted
	}
	return Internal
}

// Hint is the first hint in err's chain, "" if there is none.
func Hint(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}
