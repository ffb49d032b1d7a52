package ebpf

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

func (c *collector) addProgram(k objectsProgramKey, p objectsProgram) {
	part, entry, phase := c.place(k.Bucket)
	path := text(p.Path[:])
	if part == profiles.PartApplication && c.entry[profiles.MainEntry] == nil && c.first(k.Unit, p) {
		c.entry[profiles.MainEntry] = &profiles.Entry{
			ID: profiles.MainEntry, Kind: profiles.EntryMain, Program: path,
			Args: profiles.RedactArgs(words(p.Args[:], p.ArgsSize)), Runs: 1,
		}
	}
	by := c.exe(k.Unit, k.By)
	id := fmt.Sprint(path, "\x00", by, "\x00", part, "\x00", entry)
	o := c.origin(objectsCall{First: p.First, Program: k.Program}, k.Unit, phase)
	if have := c.programs[id]; have != nil {
		have.First = earlier(have.First, o)
		return
	}
	c.programs[id] = &profiles.Program{Path: path, By: by, Part: part, Entry: entry, First: o, Runs: 1}
}

// first tells whether p is the first program that a unit executed as its own.
func (c *collector) first(unit uint32, p objectsProgram) bool {
	for k, other := range c.s.truth.programs[unit] {
		if k.Bucket >= bucketMain && k.Bucket < bucketExecRuntime && other.First < p.First {
			return false
		}
	}
	return true
}

// addEntry names an executed command. The same command has the same name in
// every run.
func (c *collector) addEntry(e objectsEntry) string {
	args := words(e.Program.Args[:], e.Program.ArgsSize)
	path := text(e.Program.Path[:])
	entry := profiles.Entry{Kind: profiles.EntryExec, Program: path, Args: profiles.RedactArgs(args), Runs: 1}
	if isHealthCheck(c.b.HealthCheck, args) {
		entry.ID, entry.Kind = "healthcheck", profiles.EntryHealthCheck
	} else {
		sum := sha256.Sum256([]byte(path + "\x00" + strings.Join(entry.Args, "\x00")))
		entry.ID = "exec-" + hex.EncodeToString(sum[:4])
	}
	if c.entry[entry.ID] == nil {
		c.entry[entry.ID] = &entry
	}
	return entry.ID
}

// isHealthCheck compares an executed command with a health check as an engine
// keeps it: CMD with its arguments, CMD-SHELL with a line for the image's shell,
// or the bare arguments.
func isHealthCheck(test, args []string) bool {
	if len(test) == 0 || len(args) == 0 {
		return false
	}
	switch test[0] {
	case "NONE":
		return false
	case "CMD-SHELL":
		return len(test) == 2 && len(args) >= 2 && sameArg(test[1], args[len(args)-1])
	case "CMD":
		test = test[1:]
	}
	return slices.EqualFunc(test, args, sameArg)
}

// sameArg compares with what the kernel kept, which may be cut.
func sameArg(want, got string) bool {
	return want == got || len(got) > 200 && strings.HasPrefix(want, strings.TrimRight(got, "\uFFFD"))
}
