// Package sample measures services from outside while they run: it reads procfs
// and control groups at intervals. It needs no tracer and disturbs nothing.
//
// Invariants. What it says was there was there; what lasted shorter than the time
// between two readings may be missing, and peaks are those of the readings unless
// the kernel keeps a peak itself. A service that ends, a file that cannot be read
// or does not make sense gives nothing, never an error: a sample is extra
// evidence. It reads below one root folder, which is "/" except in tests, and
// writes nowhere.
package sample
