// Package launch starts a command in a state that a tracer prepared: it waits
// for the word, optionally sets no_new_privs and loads a seccomp filter, and
// executes the command in its own process, so that the filter judges nothing but
// that one execve and the command itself.
//
// The starter is the running program executed again ([Hook] must be the first
// thing that main, or TestMain, calls). Between loading the filter and execve the
// starter makes no other system call on that thread.
//
// Invariant: the command never runs before [Process.Go] is called, and never
// runs without the filter that was asked for.
package launch

import (
	"io"
	"syscall"
)

// Command is what to run and in which state.
type Command struct {
	Args []string // Args[0] is looked up in PATH when it has no slash
	Env  []string // nil means the environment of batten
	Dir  string

	Stdin          io.Reader // *os.File is passed on directly; nil means /dev/null
	Stdout, Stderr io.Writer

	// NoNewPrivileges sets PR_SET_NO_NEW_PRIVS before execve.
	NoNewPrivileges bool
	// Filter is a seccomp program to load, nil for none. Loading needs
	// NoNewPrivileges or CAP_SYS_ADMIN.
	Filter []syscall.SockFilter
	// FilterFlags are SECCOMP_FILTER_FLAG_*.
	FilterFlags uint
	// Credential changes user and groups before the filter is loaded; nil keeps
	// them.
	Credential *syscall.Credential
}
