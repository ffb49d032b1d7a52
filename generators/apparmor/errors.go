package apparmor

import "errors"

// Errors that callers branch on.
var (
	// ErrNoFiles means that no run of the profile recorded files. Record the service
	// again with a tracer that does; an empty list would forbid everything.
	ErrNoFiles = errors.New("no run recorded which files were used: trace the service again with files recorded")
	// ErrName means that a profile cannot be named so.
	ErrName = errors.New("not a name for an AppArmor profile")
	// ErrInvalid means that an option makes no sense; the text says which.
	ErrInvalid = errors.New("invalid option")
	// ErrNoParser means that apparmor_parser is not installed.
	ErrNoParser = errors.New("apparmor_parser is not installed")
	// ErrRejected means that apparmor_parser refused a profile; the text says where.
	ErrRejected = errors.New("apparmor_parser refused the profile")
)
