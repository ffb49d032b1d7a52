package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
)

// app is what every command needs: the streams and the common flags.
type app struct {
	stdin   io.Reader
	stdout  *results
	stderr  io.Writer
	signals *signals

	dir, folder string
	files       []string
	output      string
	quiet       bool
	noColor     bool
	force       bool

	progress *progress
}

const (
	outputJSON  = "json"
	outputSARIF = "sarif" // of check alone
)

func newRoot(a *app) *cobra.Command {
	showVersion := false
	var v view
	root := &cobra.Command{
		Use:   "batten",
		Short: "Give a service the smallest privileges under which it still works, and prove it",
		Long: `batten watches what a running service really does, writes the smallest seccomp
profile and capability list under which it still does it, and proves that by
running the service under them. In a folder with a compose file it hardens the project.

  batten                               all of it interactively, in the project's folder
  batten demo                          see it on a bundled project: no Docker, no root
  batten trace -- ./server --port 80   record what a command needs
  batten inspect                       what is there in this folder, and what is wrong with it
  batten trace                         record the compose project in this folder
  batten harden                        see how it would be hardened; --write writes it
  batten verify -- ./server            run the command under its profile
  batten doctor                        see what works on this machine`,
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if showVersion {
				return a.printVersion()
			}
			if err := a.interactive(&v); err != nil {
				c.SetOut(a.stderr)
				_ = c.Usage()
				return fault.Wrap(fault.Usage, err, "begin with batten inspect, batten demo --plain, or batten trace -- COMMAND")
			}
			o, err := v.options()
			if err != nil {
				return err
			}
			return a.showTUI(c.Context(), c, &v, o)
		},
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if a.output != "text" && a.output != outputJSON && !(a.output == outputSARIF && c.Name() == "check") {
				return fault.New(fault.Usage, "choose text or json", "unknown output format %q", a.output)
			}
			return nil
		},
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.dir, "directory", "C", "", "folder of the project (default: this one)")
	f.StringVar(&a.folder, "dir", engine.DefaultFolder, "folder of batten's files, inside the project")
	f.StringArrayVarP(&a.files, "file", "f", nil, "compose file; can be repeated")
	f.StringVarP(&a.output, "output", "o", "text", "text or json")
	f.BoolVar(&a.quiet, "quiet", false, "no progress on stderr")
	f.BoolVar(&a.noColor, "no-color", false, "no colour")
	f.BoolVar(&a.force, "force", false, "replace files that batten did not write")
	_ = root.RegisterFlagCompletionFunc("output", fixed("text", "json"))
	_ = root.MarkPersistentFlagDirname("directory")
	v.add(root)
	v.survey.add(root)
	root.Flags().BoolVar(&showVersion, "version", false, "print the version")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fault.Wrap(fault.Usage, err, "see "+c.CommandPath()+" --help")
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(newInspect(a), newHarden(a), newCheck(a), newTrace(a), newProfile(a), newExplain(a), newVerify(a), newDoctor(a), newDemo(a),
		newVersion(a), newCompletion(a), newDemoService(), newDemoWorkload())
	usageErrors(root)
	return root
}

// usageErrors gives complaints about arguments their exit code, and a text that
// names what is missing where it can be read from the command's usage.
func usageErrors(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			wanted := argumentNames(c.Use)
			switch {
			case err == nil:
			case len(args) < len(wanted):
				err = fmt.Errorf("%s: %s is missing", c.Name(), strings.TrimSuffix(wanted[len(args)], "…"))
			case len(wanted) > 0:
				err = fmt.Errorf("%s: too many arguments: %q", c.Name(), args[len(wanted)])
			}
			return fault.Default(fault.Usage, err, "see "+c.CommandPath()+" --help")
		}
	}
	for _, sub := range c.Commands() {
		usageErrors(sub)
	}
}

// argumentNames are the arguments that a usage line demands, which are in capitals
// or, when there is a choice of words, divided by bars.
func argumentNames(use string) []string {
	var out []string
	for _, word := range strings.Fields(use)[1:] {
		if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "[") {
			break
		}
		out = append(out, word)
	}
	return out
}

// engine makes the engine that a command works with.
func (a *app) engine() (*engine.Engine, error) {
	if a.progress == nil {
		a.progress = newProgress(a.stderr, a.quiet, a.noColor)
	}
	return engine.New(engine.Options{
		Dir: a.dir, Folder: a.folder, Files: a.files, Force: a.force, Events: a.progress.handle,
	})
}

func (a *app) json() bool { return a.output == outputJSON }

// style is how results are coloured.
func (a *app) style() terminal.Style { return terminal.NewStyle(a.stdout.file, a.noColor) }

// endStatus takes the status line away, if there is one.
func (a *app) endStatus() {
	if a.progress != nil {
		a.progress.end()
	}
}
