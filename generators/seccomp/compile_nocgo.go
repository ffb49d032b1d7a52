//go:build !cgo || !linux

package seccomp

import "batten/profiles"

// HasCompiler tells whether this build has libseccomp.
const HasCompiler = false

// LibraryVersion is the version of libseccomp, "" in this build.
func LibraryVersion() string { return "" }

// Compile returns [ErrNoCompiler] in this build.
func Compile(*Policy, profiles.Arch) (*Compiled, error) { return nil, ErrNoCompiler }
