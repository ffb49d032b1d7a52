// Package seccomp writes the smallest seccomp profile under which a service
// still does what it was seen to do, and checks profiles: its own and the user's.
//
// A [Policy] is Docker's JSON format as data. [Parse] reads it strictly, Encode
// writes it in one canonical form, Flatten resolves the conditions that only
// dockerd understands. [Generate] makes a policy of a profile. [Assemble] and
// [Compile] turn a flat policy into a kernel filter, [Run] interprets such a
// filter, [Policy.Decide] says what a policy means, and [Verify] holds the two
// against each other.
//
// Invariants. Same input, same bytes: no clock, no host look-ups, no I/O (but
// [Compile], which hands the filter from libseccomp through anonymous memory).
// No generated policy is handed out before its filter was run over every call
// number and gave what the policy says. Nothing that a traced program could
// choose reaches a policy: names are taken only from the kernel's tables.
package seccomp
