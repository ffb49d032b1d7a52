package engine

import "batten/generators/seccomp"

// LibraryVersion is the version of libseccomp that policies are compiled with, ""
// in a build without it.
func LibraryVersion() string { return seccomp.LibraryVersion() }
