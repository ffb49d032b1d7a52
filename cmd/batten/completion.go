package main

import (
	"strings"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
)

func newCompletion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a completion script for a shell",
		Long: `Print a completion script for a shell. To use it now and in every shell:

  bash   batten completion bash > /etc/bash_completion.d/batten
  zsh    batten completion zsh > "${fpath[1]}/_batten"
  fish   batten completion fish > ~/.config/fish/completions/batten.fish`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(a.stdout, true)
			case "zsh":
				return c.Root().GenZshCompletion(a.stdout)
			case "fish":
				return c.Root().GenFishCompletion(a.stdout, true)
			case "powershell":
				return c.Root().GenPowerShellCompletionWithDesc(a.stdout)
			}
			return fault.New(fault.Usage, "choose bash, zsh, fish or powershell", "unknown shell %q", args[0])
		},
	}
}

type completer = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// fixed completes one of a few words.
func fixed(words ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// quietEngine makes an engine for completion, which must not print anything.
func (a *app) quietEngine() *engine.Engine {
	e, err := engine.New(engine.Options{Dir: a.dir, Folder: a.folder, Files: a.files})
	if err != nil {
		return nil
	}
	return e
}

// targets completes services of the project, containers and files.
func (a *app) targets(c *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	e := a.quietEngine()
	if e == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	if strings.HasPrefix(begun, "container:") {
		var out []string
		for _, name := range e.Containers(c.Context()) {
			out = append(out, "container:"+name)
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	return append(e.ProjectServices(c.Context()), "container:", "pid:"), cobra.ShellCompDirectiveDefault | cobra.ShellCompDirectiveNoSpace
}

// recorded completes services of which there are recordings, and files.
func (a *app) recorded(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	e := a.quietEngine()
	if e == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return e.Recorded(), cobra.ShellCompDirectiveDefault
}
