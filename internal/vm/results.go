package vm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// testResult is how a test ended that ran inside.
type testResult struct {
	name   string // in full
	parent *testResult
	subs   []*testResult
	action string // pass, fail, skip; empty while it runs
	output strings.Builder
}

// short is the name below its parent.
func (o *testResult) short() string {
	if o.parent == nil {
		return o.name
	}
	return strings.TrimPrefix(o.name, o.parent.name+"/")
}

// testRun is one run of a test program.
type testRun struct {
	top    []*testResult
	byName map[string]*testResult
	loose  strings.Builder // output of no test
	failed bool
}

// testEvent is what go tool test2json makes of the program's output, see "go doc
// test2json".
type testEvent struct{ Action, Test, Output string }

// collect gives a program's output, while it comes, to go tool test2json, and reads
// what that makes of it. What ran is returned with every error.
func collect(ctx context.Context, pkg string, program func(io.Writer) (Result, error)) (*testRun, error) {
	run := &testRun{byName: map[string]*testResult{}}
	convert := exec.CommandContext(ctx, "go", "tool", "test2json", "-p", pkg)
	in, err := convert.StdinPipe()
	if err != nil {
		return run, fmt.Errorf("read results: %w", err)
	}
	out, err := convert.StdoutPipe()
	if err != nil {
		return run, fmt.Errorf("read results: %w", err)
	}
	if err := convert.Start(); err != nil {
		return run, fmt.Errorf("read results: %w", err)
	}
	read := make(chan error, 1)
	go func() { read <- run.read(out) }()
	result, err := program(in)
	if err == nil && result.Status != 0 && result.Status != 1 {
		err = fmt.Errorf("the program ended with exit status %d", result.Status)
	}
	err = errors.Join(err, in.Close(), <-read, convert.Wait())
	if err == nil && result.Status == 1 && !run.failed {
		err = errors.New("the program failed, but none of its tests did")
	}
	return run, err
}

// read takes events to the end of in.
func (r *testRun) read(in io.Reader) error {
	decoder := json.NewDecoder(in)
	for {
		var e testEvent
		if err := decoder.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			_, _ = io.Copy(io.Discard, in)
			return fmt.Errorf("read results: %w", err)
		}
		r.take(e)
	}
}

func (r *testRun) take(e testEvent) {
	if e.Test == "" {
		r.loose.WriteString(e.Output)
		return
	}
	o := r.byName[e.Test]
	if o == nil {
		o = r.add(e.Test)
	}
	switch e.Action {
	case "pass", "fail", "skip":
		o.action = e.Action
		r.failed = r.failed || e.Action == "fail"
	case "output":
		if !frame(e.Output) {
			o.output.WriteString(e.Output)
		}
	}
}

// add finds a test's parent: the longest name that it continues, for the name of a
// subtest may have a slash in it.
func (r *testRun) add(name string) *testResult {
	o := &testResult{name: name}
	r.byName[name] = o
	for at := strings.LastIndexByte(name, '/'); at > 0; at = strings.LastIndexByte(name[:at], '/') {
		if o.parent = r.byName[name[:at]]; o.parent != nil {
			o.parent.subs = append(o.parent.subs, o)
			return o
		}
	}
	r.top = append(r.top, o)
	return o
}

// frame tells a line that says how a test goes from what the test says.
func frame(line string) bool {
	line = strings.TrimLeft(line, " ")
	for _, start := range []string{"=== RUN ", "=== PAUSE ", "=== CONT ", "=== NAME "} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}
