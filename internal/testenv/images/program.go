package images

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"batten/internal/testenv/require"
)

// bare are the programs that have neither C library nor start-up code.
var bare = map[string]bool{"known": true}

// Program builds testdata/images/programs/NAME.c and returns the path of the
// static program.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, _ := build(t, name)
	return path
}

// KnownCalls lists what the program "known" calls, in order.
func KnownCalls(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder(t), "programs", "known.txt"))
	if err != nil {
		t.Fatalf("read list of known calls: %v", err)
	}
	var calls []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			calls = append(calls, line)
		}
	}
	return calls
}

// build returns the program's path and the hash of what it is made from.
func build(t testing.TB, name string) (path, hash string) {
	t.Helper()
	gcc := require.Tool(t, "ebpf", "gcc")
	source := filepath.Join(folder(t), "programs", name+".c")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatalf("read program: %v", err)
	}
	version, err := exec.Command(gcc, "--version").Output()
	if err != nil {
		t.Fatalf("run gcc: %v", err)
	}
	flags := []string{"-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"}
	if bare[name] {
		flags = []string{"-O2", "-Wall", "-Wextra", "-Werror", "-static", "-nostdlib", "-ffreestanding",
			"-fno-stack-protector"}
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%s", runtime.GOARCH, version, flags, text))
	hash = hex.EncodeToString(sum[:6])

	path = filepath.Join(cache(t), hash, name)
	if _, err := os.Stat(path); err == nil {
		return path, hash
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatalf("make program cache: %v", err)
	}
	// Another test process may build the same: each writes its own, the last
	// rename wins, and both are equal.
	half := fmt.Sprintf("%s.%d", path, os.Getpid())
	defer os.Remove(half)
	if out, err := exec.Command(gcc, append(flags, "-o", half, source)...).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", source, err, out)
	}
	if err := os.Rename(half, path); err != nil {
		t.Fatalf("keep program: %v", err)
	}
	return path, hash
}

// cache is where programs are kept between runs; for a user without a home, as
// long as the test.
func cache(t testing.TB) string {
	t.Helper()
	base, err := os.UserCacheDir()
	if err != nil {
		base = t.TempDir()
	}
	return filepath.Join(base, "batten-test", "programs")
}
