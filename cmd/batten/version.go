package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"batten/internal/engine"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.printVersion() },
	}
}

func (a *app) printVersion() error {
	v := version()
	if a.json() {
		return writeJSON(a.stdout, v)
	}
	_, err := fmt.Fprintf(a.stdout, "batten %s (%s %s/%s%s)\n", v.Version, v.Go, v.OS, v.Arch, library(v.Libseccomp))
	return err
}

type versionInfo struct {
	Schema     string `json:"schema"`
	Version    string `json:"version"`
	Revision   string `json:"revision,omitempty"`
	Go         string `json:"go"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Libseccomp string `json:"libseccomp,omitempty"` // "" when built without
}

func library(v string) string {
	if v == "" {
		return ", without libseccomp"
	}
	return ", libseccomp " + v
}

func version() versionInfo {
	v := versionInfo{
		Schema: "batten/version/v1", Version: "devel", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Libseccomp: engine.LibraryVersion(),
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if m := info.Main.Version; m != "" && m != "(devel)" {
		v.Version = m
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	return v
}
