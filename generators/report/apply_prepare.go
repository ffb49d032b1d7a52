package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// environment reads files of variables into the shell, for what is filled into the
// compose file itself.
func (a *apply) environment() {
	if len(a.EnvFiles) == 0 {
		return
	}
	a.printf("## Variables\n\n")
	a.paragraph("The compose file takes values from variables that stand in files of their own. Read them into the shell before each command below that names the compose file:")
	lines := []string{"set -a"}
	for _, f := range a.EnvFiles {
		if !strings.HasPrefix(f, "/") && !strings.HasPrefix(f, "./") && !strings.HasPrefix(f, "../") {
			f = "./" + f // without a slash the shell would search PATH
		}
		lines = append(lines, ". "+path(f))
	}
	a.commands(append(lines, "set +a")...)
}

// appArmor loads profiles, and keeps them over a restart of the machine.
func (a *apply) appArmor() {
	if len(a.AppArmor) == 0 {
		return
	}
	a.printf("## AppArmor\n\n")
	a.paragraph("A profile has to be in the kernel before a container is started that names it (`security_opt: [apparmor=NAME]`); without it the start fails. Without that line a container gets `docker-default`. Load the profiles:")
	var load, keep []string
	for _, name := range slices.Sorted(maps.Keys(a.AppArmor)) {
		load = append(load, "sudo apparmor_parser -r -W "+path(a.AppArmor[name]))
		keep = append(keep, fmt.Sprintf("sudo install -m 0644 %s %s", path(a.AppArmor[name]), shell("/etc/apparmor.d/"+fileIn(name))))
	}
	a.commands(load...)
	a.paragraph("So that they are loaded after a restart of the machine, too:")
	a.commands(keep...)
	a.paragraph("Loaded profiles, and what they confine:")
	a.commands("sudo aa-status")
}

// fileIn is a name that stays in its folder.
func fileIn(name string) string { return strings.ReplaceAll(name, "/", "_") }

// built lists services whose image is made here.
func (a *apply) built() []string {
	var out []string
	for _, s := range a.Project.Services {
		if s.Build {
			out = append(out, s.Name)
		}
	}
	return out
}
