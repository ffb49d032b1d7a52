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
	if len(a.AppArmor)+len(a.AppArmorUnnamed) == 0 {
		return
	}
	a.printf("## AppArmor\n\n")
	if len(a.AppArmorUnnamed) > 0 {
		a.paragraph("Profiles are there that the hardened file does not name, because the engine that it was made for does not confine with AppArmor: %s. Where one does, run `batten harden --write` there, or `batten harden --write --apparmor on` here.", paths(a.AppArmorUnnamed))
	}
	if len(a.AppArmor) == 0 {
		return
	}
	a.paragraph("**First of all:** a profile has to be in the kernel of the engine's host before a container is started that names it (`security_opt: [apparmor=NAME]`); without it the start fails. A compose file only names profiles, and the engine does not load them. A rootless engine, and Docker Desktop, cannot confine with AppArmor: take the lines out there with `batten harden --write --apparmor off`. Load the profiles, on each host:")
	var load, keep []string
	for _, name := range slices.Sorted(maps.Keys(a.AppArmor)) {
		load = append(load, "sudo apparmor_parser -r -W "+path(a.AppArmor[name]))
		keep = append(keep, fmt.Sprintf("sudo install -m 0644 %s %s", path(a.AppArmor[name]), shell("/etc/apparmor.d/"+fileIn(name))))
	}
	a.commands(load...)
	a.paragraph("So that they are loaded after a restart of the machine, too; in `/etc/apparmor.d` itself, because what is in folders below it is not loaded by itself:")
	a.commands(keep...)
	a.paragraph("Loaded profiles, and what they confine; after the start, what a container runs under, as its engine says and as the kernel does:")
	a.commands("sudo aa-status", "docker inspect --format '{{.Name}} {{.AppArmorProfile}}' $("+a.containersOf("")+")",
		"for pid in $(docker inspect --format '{{.State.Pid}}' $("+a.containersOf("")+")); do sudo cat /proc/$pid/attr/current; done")
	if a.AppArmorComplain {
		a.paragraph("The profiles are in complain mode: they refuse nothing, and log what they would refuse. Read it, import it and harden again without `--apparmor complain`:")
		a.commands("sudo journalctl -k --grep='apparmor=\"ALLOWED\"'")
	} else {
		a.paragraph("What is refused is in the kernel's log, or in that of the audit daemon:")
		a.commands("sudo journalctl -k --grep='apparmor=\"DENIED\"'")
	}
}

// paths are names of files as code, with commas between.
func paths(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = code(n)
	}
	return strings.Join(out, ", ")
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
