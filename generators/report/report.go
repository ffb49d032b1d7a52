// Package report writes what a person reads of a plan: the report, the commands to
// apply it, and the results that other programs take in.
package report

import _ "github.com/aymanbagabas/go-udiff"
