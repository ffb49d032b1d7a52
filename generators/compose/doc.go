// Package compose turns the decisions of a plan into new contents of the user's own
// compose files.
//
// It edits text, never re-serialises: what a change does not touch (comments, blank
// lines, anchors, order, quotes, line ends, a byte order mark, a missing last line
// end) stays byte for byte.
//
// Invariants. Pure: no file, no clock, no environment. A decision is made whole or
// not at all. Bytes are handed out only after they were proved: they read back as
// exactly the source's tree with the changes, which an interpreter made that knows
// nothing of text, and the project loads to the same model from both.
package compose
