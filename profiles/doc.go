// Package profiles holds what a service was seen to need: the Recording, which
// is the evidence of one trace run, and the Profile, which is the merge of a
// service's recordings.
//
// Invariants. Values are plain data: no I/O beyond the readers and writers that
// are passed in, no clock, no host look-ups. Every list is kept sorted by
// [Evidence.Sort], so that the same evidence always encodes to the same bytes.
// Everything that a traced program could choose (names, arguments, paths) is
// kept as data and is bounded when it is read back.
package profiles
