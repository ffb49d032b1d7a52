package main

import (
	"fmt"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/profiles"
)

// printFiles prints the files of a profile by what was done with them, sockets, and
// what was done to processes and mounts. Without all, a folder stands for many files.
func (a *app) printFiles(p profiles.Profile, all bool) {
	st := a.style()
	for _, group := range engine.FileGroups(p) {
		fmt.Fprintf(a.stdout, "  %s\n", st.Accent(group.Title))
		for _, folder := range group.Folders {
			if !all && len(folder.Paths) > fewFiles {
				fmt.Fprintf(a.stdout, "    %s  %s\n", terminal.Safe(folder.Path), st.Muted(plural(len(folder.Paths), "path", "paths")))
				continue
			}
			for _, path := range folder.Paths {
				fmt.Fprintf(a.stdout, "    %s\n", terminal.Safe(path))
			}
		}
	}
	for _, group := range engine.ContactGroups(p) {
		fmt.Fprintf(a.stdout, "  %s\n", st.Accent(group.Title))
		for _, line := range group.Calls {
			fmt.Fprintf(a.stdout, "    %s\n", terminal.Safe(line))
		}
	}
}

// fewFiles of one folder are listed one by one.
const fewFiles = 3
