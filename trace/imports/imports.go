// Package imports reads what other tools recorded: logs of strace, profiles of
// the security-profiles-operator, seccomp profiles as the OCI hook for seccomp and
// others write them, AppArmor profiles, and logs of what AppArmor refused.
//
// Invariants. Files are hostile: sizes are bounded, names are checked, and what
// does not fit gives one error with its place. What a format cannot say (phases,
// who did it, arguments) stays empty in the recording, never guessed.
package imports

import (
	"errors"

	"batten/profiles"
)

// Errors that callers branch on.
var (
	// ErrFormat means that a file is not of the format it was read as.
	ErrFormat = errors.New("not a file of this format")
	// ErrTooLarge means that a file is over the bounds of what is read.
	ErrTooLarge = errors.New("file is too large")
)

// Format is a kind of file.
type Format string

const (
	FormatUnknown   Format = ""
	FormatRecording Format = "batten/recording" // batten's own
	FormatProfile   Format = "batten/profile"   // batten's own
	FormatStrace    Format = "strace"           // a log of calls
	FormatSummary   Format = "strace-summary"   // the table of strace -c
	FormatSPO       Format = "spo"              // SeccompProfile of the security-profiles-operator
	FormatOCI       Format = "oci-seccomp"      // seccomp JSON of Docker, podman and the OCI hook
	FormatAppArmor  Format = "apparmor"         // a profile in AppArmor's language
	FormatAudit     Format = "audit"            // a log with AppArmor's records
)

// Options say what a log does not: which service it is of, and under which
// conditions it was made.
type Options struct {
	Service profiles.Service
	Run     profiles.Run // Backend, StartupSeen and Seconds are filled in by the reader
}
