package seccomp

import "errors"

// Errors that callers branch on.
var (
	// ErrInvalid means that a policy is not well formed; the text says where.
	ErrInvalid = errors.New("invalid seccomp policy")
	// ErrNotFlat means that a policy still has an archMap or conditions.
	ErrNotFlat = errors.New("seccomp policy has conditions that only dockerd understands")
	// ErrConflict means that rules of one call give different answers to the same
	// arguments, so that the answer would depend on the compiler.
	ErrConflict = errors.New("rules of one call contradict each other")
	// ErrTooLong means that a filter is longer than the kernel takes (4096).
	ErrTooLong = errors.New("seccomp filter is too long")
	// ErrBadFilter means that the kernel would refuse a filter.
	ErrBadFilter = errors.New("invalid seccomp filter")
	// ErrUnequal means that a filter does not do what its policy says.
	ErrUnequal = errors.New("seccomp filter differs from its policy")
	// ErrNoCompiler means that this build has no libseccomp.
	ErrNoCompiler = errors.New("built without libseccomp")
	// ErrNoEvidence means that a profile holds nothing to make a policy of.
	ErrNoEvidence = errors.New("profile has no recorded system calls")
	// ErrUnsupported means that batten cannot express a policy, for example one
	// that notifies an agent.
	ErrUnsupported = errors.New("not supported by batten's seccomp filters")
)
