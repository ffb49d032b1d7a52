// Package bench measures what tracing costs, on real services and in one run:
// `make bench` prints its table. It has no code of its own but its benchmarks.
//
// Invariant: what is compared is measured in turns, so that a machine that gets
// slower or faster meanwhile does so for all, and medians are printed.
package bench
