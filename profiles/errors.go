package profiles

import "errors"

// Errors that callers branch on. Each is wrapped with what was read and where.
var (
	// ErrSchema means that a file is no recording or profile of batten, or one of
	// a version that this batten does not know.
	ErrSchema = errors.New("not a file of a known schema")
	// ErrMalformed means that a file claims to be a recording or profile, and is
	// not: broken JSON, an unknown field, a name or a size out of bounds.
	ErrMalformed = errors.New("malformed file")
	// ErrDifferentService means that profiles of different services were to be
	// merged. See [MergeOptions].
	ErrDifferentService = errors.New("profiles are of different services")
	// ErrDifferentArch means that profiles of different native architectures were
	// to be merged: their calls do not mean the same.
	ErrDifferentArch = errors.New("profiles are of different architectures")
	// ErrNothing means that there was nothing to merge.
	ErrNothing = errors.New("no profiles given")
)
