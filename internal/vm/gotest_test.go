package vm

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// outerVariable makes the test below run the inner tests, which fail.
const outerVariable = "BATTEN_VM_OUTER"

func TestWhatATestInsideDoesItsCopyDoes(t *testing.T) {
	if os.Getenv(outerVariable) != "" {
		m := Start(t, Guest{})
		m.GoTest(t, Tests{Package: "batten/internal/vm/testdata/inner", MaySkip: []string{"an engine"}})
		t.Run("none", func(t *testing.T) {
			m.GoTest(t, Tests{Package: "batten/internal/vm/testdata/inner", Run: "TestNothingIsCalledThis"})
		})
		return
	}
	Require(t)
	name := t.Name()
	for demanded, skip := range map[string]string{"": "SKIP", "vm": "FAIL"} {
		t.Run("demanded="+demanded, func(t *testing.T) {
			again := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^"+name+"$", "-test.v")
			again.Env = append(os.Environ(), outerVariable+"=1", "BATTEN_REQUIRE="+demanded)
			out, err := again.CombinedOutput()
			if err == nil {
				t.Error("it passed")
			}
			for _, want := range []string{
				"--- PASS: " + name + "/TestPasses/a/b ", "--- PASS: " + name + "/TestPasses ", "deep words",
				"--- FAIL: " + name + "/TestFails ", "--- FAIL: " + name + "/TestFails/one ", "broken inside", "--- PASS: " + name + "/TestFails/two ",
				"--- " + skip + ": " + name + "/TestSkips ", "lacks a thing",
				"--- SKIP: " + name + "/TestSkipsToo ",
				"--- FAIL: " + name + "/TestLeaves ", "ended with exit status 3",
				"--- FAIL: " + name + "/none ", "none ran inside",
			} {
				if !strings.Contains(string(out), want) {
					t.Errorf("no %q", want)
				}
			}
			if t.Failed() {
				t.Logf("%s", out)
			}
		})
	}
}

func TestATestThatDidNotEndHasNoResult(t *testing.T) {
	run, err := collect(t.Context(), "p", func(out io.Writer) (Result, error) {
		_, err := io.WriteString(out, "\x16=== RUN   TestA\n\x16--- PASS: TestA (0.00s)\n\x16=== RUN   TestB\nwords of B\n")
		return Result{Status: -1}, err
	})
	if err == nil || !strings.Contains(err.Error(), "exit status -1") {
		t.Errorf("error %v", err)
	}
	if len(run.top) != 2 || run.byName["TestA"].action != "pass" || run.byName["TestB"].output.String() != "words of B\n" {
		t.Fatalf("%+v", run)
	}
	// What converts the output says of a test that it failed when the output stops.
	if a := run.byName["TestB"].action; a == "pass" || a == "skip" {
		t.Errorf("a test without an end has the result %q", a)
	}
}

func TestThePackageWithoutTestsIsSaid(t *testing.T) {
	for pkg, want := range map[string]string{"batten/internal/vm/wire": "it has none", "batten/nowhere": "find package", "fmt": "not in this module"} {
		if _, _, err := (Tests{Package: pkg}).files(context.Background(), moduleRoot(t), t.TempDir()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pkg, err)
		}
	}
}
