// Command batten watches what a running service does, writes the smallest
// privileges under which it still does it, and proves that by running it under
// them.
//
// Each file holds one command: flags, output, exit code. What a command does
// stands in internal/engine.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"batten/internal/fault"
	"batten/internal/launch"
	"batten/internal/terminal"
)

func main() {
	launch.Hook() // batten executes itself to start what it traces
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main without the process around it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	signals := listen()
	defer signals.close()
	a := &app{stdin: stdin, stdout: &results{file: stdout}, stderr: stderr, signals: signals}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(a.stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(signals.context(context.Background()))
	return a.report(a.stdout.join(err))
}

// report prints an error with its hint and returns the exit code.
func (a *app) report(err error) int {
	if err == nil {
		return 0
	}
	a.endStatus()
	style := terminal.NewStyle(a.stderr, a.noColor)
	fmt.Fprintf(a.stderr, "%s %s\n", style.Danger("batten:"), terminal.Safe(err.Error()))
	if hint := fault.Hint(err); hint != "" {
		fmt.Fprintf(a.stderr, "%s %s\n", style.Accent("hint:"), terminal.Safe(hint))
	}
	return fault.KindOf(err).ExitCode()
}
