// Package report writes what a person reads of a plan: the report, the commands to
// apply it and the difference with its reasons; and SARIF, which other programs
// read.
//
// Invariants. Pure bytes: the same input gives the same output, which holds no time
// and no name of a machine. Names, messages and values come from files of others:
// in Markdown, Mermaid and shell commands they are quoted so that they stay what
// they are, and no control character is written. Values of secrets are masked
// before they are written.
package report
