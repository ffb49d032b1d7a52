// Package roundtrip proves the whole of batten on real services: it records one,
// generates its profile, runs it again under that profile with the same workload,
// and looks whether anything was refused that should not be, and everything that
// should. It has no code of its own but its tests.
package roundtrip
