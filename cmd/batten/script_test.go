package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"batten/internal/docker"
	"batten/internal/launch"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
)

// program is the real binary, built once: it executes itself, so that a test
// binary in its place would not do.
var program string

// schemas is docs/schemas, absolute, because scripts run elsewhere.
var schemas string

func TestMain(m *testing.M) {
	launch.Hook()
	dir, err := os.MkdirTemp("", "batten-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "batten")
	// Readable for other users: some tests give up root.
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if schemas, err = filepath.Abs("../../docs/schemas"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	code := 1
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build batten: %v\n%s", err, out)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func TestScripts(t *testing.T) {
	vars := map[string]string{"PROJECT": fmt.Sprintf("battentest%d", os.Getpid())}
	conditions := map[string]bool{
		"root":   os.Geteuid() == 0,
		"docker": hasDocker(t),
		"ebpf":   hasEBPF(t),
	}
	if conditions["docker"] {
		vars["SLEEPER_IMAGE"], vars["BRIEF_IMAGE"] = images.Scratch(t, "sleeper"), images.Scratch(t, "brief")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("DOCKER_HOST", os.Getenv("DOCKER_HOST"))
			env.Setenv("NO_COLOR", "1")
			for name, value := range vars {
				env.Setenv(name, value)
			}
			if env.Getenv("DOCKER_HOST") == "" {
				env.Vars = append(env.Vars, "DOCKER_HOST=")
			}
			// A folder that other users reach too, which testscript's own is not.
			open, err := os.MkdirTemp("", "batten-open-")
			if err != nil {
				return err
			}
			env.Defer(func() { os.RemoveAll(open) })
			env.Setenv("OPEN", open)
			return os.Chmod(open, 0o777)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "contains": contains, "valid": valid},
		Condition: func(c string) (bool, error) {
			holds, known := conditions[c]
			if !known {
				return false, fmt.Errorf("unknown condition %q", c)
			}
			return holds, nil
		},
	})
}

// hasDocker tells whether an engine answers; a demanded one that does not fails.
func hasDocker(t *testing.T) bool {
	engine, err := docker.Connect(t.Context())
	if err == nil {
		return engine.Close() == nil
	}
	if demanded("docker") {
		require.Docker(t)
	}
	return false
}

// hasEBPF tells the same of tracing with eBPF.
func hasEBPF(t *testing.T) bool {
	_, err := os.Stat("/sys/kernel/btf/vmlinux")
	if err == nil && os.Geteuid() == 0 {
		return true
	}
	if demanded("ebpf") {
		require.EBPF(t)
	}
	return false
}

func demanded(word string) bool { return strings.Contains(os.Getenv("BATTEN_REQUIRE"), word) }

// exits runs a program and checks its exit code: exits CODE PROGRAM ARG…. Output
// and errors are left for the stdout and stderr commands.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// contains checks that a file holds a text: contains FILE TEXT.
func contains(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: contains FILE TEXT")
	}
	if strings.Contains(ts.ReadFile(args[0]), args[1]) == neg {
		ts.Fatalf("%s: text %q: found %v", args[0], args[1], !neg == false)
	}
}

// valid checks what was printed against a published schema: valid KIND.
func valid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: valid KIND")
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(schemas, "batten."+args[0]+".v1.json"))
	ts.Check(err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile("stdout")))
	ts.Check(err)
	ts.Check(schema.Validate(value))
}

// deadline is how long a test waits for something that takes well under it.
const deadline = 30 * time.Second
