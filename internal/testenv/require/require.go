// Package require tells tests whether this machine can run them.
//
// Invariant: a test that cannot run is skipped with the reason and with what
// would enable it, unless BATTEN_REQUIRE names the capability that is missing
// (a comma list of ebpf, docker, vm, corpus): then it fails, so that a continuous run
// which believes it covers the kernel or the engine does.
package require

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/internal/docker"
)

// variable names the capabilities whose absence is a failure.
const variable = "BATTEN_REQUIRE"

// btf describes the kernel's types; eBPF programs are fitted to it.
const btf = "/sys/kernel/btf/vmlinux"

// Docker returns a connection to the engine, closed when the test ends.
func Docker(t testing.TB) *docker.Engine {
	t.Helper()
	engine, err := docker.Connect(t.Context())
	if err != nil {
		missing(t, "docker", err.Error()+" (scripts/setup.sh test installs and starts one)")
		return nil
	}
	t.Cleanup(func() { _ = engine.Close() })
	return engine
}

// EBPF needs root and a kernel that describes its types.
func EBPF(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "ebpf", "not root: run the tests as root")
	}
	file, err := os.Open(btf)
	if err != nil {
		missing(t, "ebpf", err.Error()+": use a kernel built with CONFIG_DEBUG_INFO_BTF")
		return
	}
	_ = file.Close()
}

// Root needs user 0. Either of ebpf and docker demands it.
func Root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "ebpf docker", "not root: run the tests as root")
	}
}

// Tool returns the path of a program; capability is the word of [variable] that
// demands it.
func Tool(t testing.TB, capability, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, capability, name+" is not installed (scripts/setup.sh test installs what tests use)")
	}
	return path
}

// Missing skips a test for a reason, or fails it where the capability is demanded.
func Missing(t testing.TB, capability, reason string) {
	t.Helper()
	missing(t, capability, reason)
}

// Context is the test's context, also usable in clean-up functions, where the
// test's own has ended.
func Context(t testing.TB) context.Context {
	t.Helper()
	return context.WithoutCancel(t.Context())
}

// missing skips, or fails when one of the words (separated by spaces) is
// demanded.
func missing(t testing.TB, words, reason string) {
	t.Helper()
	demanded := strings.FieldsFunc(os.Getenv(variable), func(r rune) bool { return r == ',' || r == ' ' })
	for _, word := range strings.Fields(words) {
		if slices.Contains(demanded, word) {
			t.Fatalf("%s, which %s=%s demands", reason, variable, os.Getenv(variable))
		}
	}
	t.Skip(reason)
}

// corpusVariable names the folder of real compose files, which are not part of the
// repository.
const corpusVariable = "BATTEN_CORPUS"

// Corpus returns the folder of real compose files: the one that the environment
// names, or shared/corpus beside the repository.
func Corpus(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv(corpusVariable); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if found := filepath.Join(dir, "..", "shared", "corpus"); isFolder(found) && isFolder(filepath.Join(dir, ".git")) {
			return found
		}
		dir = filepath.Dir(dir)
	}
	missing(t, "corpus", "no folder of compose files: set "+corpusVariable+" to one")
	return ""
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
