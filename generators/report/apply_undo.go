package report

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"batten/plan"
)

func (a *apply) undo() {
	a.printf("## Go back\n\n")
	written, values := a.toRemove()
	if a.InPlace {
		text := "The sources were changed: take them back first. This throws away all that is not committed in them."
		if len(values) > 0 {
			text += " Values of secrets that were never committed are then only in the files of secrets: see that the sources hold them again before those go."
		}
		a.paragraph("%s", text)
		a.commands("git checkout --" + arguments(a.changed()))
	}
	if a.Plan.Target == plan.TargetSwarm {
		a.undoStack()
	} else {
		a.paragraph("Start the project from its source again; containers that differ are made anew. Networks that only the hardened file has are then unused and can go.")
		a.each(a.Sources, false, "up -d --remove-orphans")
		a.commands("docker network prune -f --filter " + shell("label=com.docker.compose.project="+a.Project.Name))
	}
	if len(a.AppArmor) > 0 {
		a.paragraph("Take the AppArmor profiles out of the kernel **last**, once no container names them any more: a container that does would not start again, and one that runs would run on unconfined.")
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(a.AppArmor)) {
			lines = append(lines, "sudo apparmor_parser -R "+path(a.AppArmor[name]), "sudo rm -f "+shell("/etc/apparmor.d/"+fileIn(name)))
		}
		a.commands(lines...)
	}
	if len(written) > 0 {
		a.paragraph("Remove what batten wrote. `batten.yaml`, which holds your decisions, and the recordings stay; so do folders that still hold something:")
		a.commands(remove(written)...)
	}
	if len(values) > 0 {
		a.paragraph("**The files of secrets last, and only once their values are somewhere else:** %s", a.onlyCopy())
		a.commands(remove(values)...)
	}
}

// onlyCopy says where else the values of secrets are.
func (a *apply) onlyCopy() string {
	if a.InPlace {
		return "the compose file does not have them any more, so that here may be their only copy. What is removed cannot be brought back."
	}
	return "where a password was changed since, the source has the old one, and here is the only copy of the new. What is removed cannot be brought back."
}

func (a *apply) undoStack() {
	a.paragraph("Remove the stack, and with it its services, its networks and the secrets that it made; volumes stay. The list shows what is left of its secrets:")
	lines := []string{"docker stack rm " + path(a.Project.Name)}
	if len(a.mounted()) > 0 {
		lines = append(lines, "docker secret ls --filter "+shell("name="+a.Project.Name+"_"))
	}
	a.commands(lines...)
	if s := a.mounted(); len(s) > 0 {
		a.paragraph("Secrets that you created by hand belong to no stack and stay. Remove them by their names, such as:")
		a.commands("docker secret rm " + path(a.inStack(s[0].Name)+".next"))
	}
}

// isSource tells that a file is the user's own.
func (a *apply) isSource(name string) bool {
	name = filepath.Clean(name)
	if slices.ContainsFunc(a.Sources, func(s string) bool { return filepath.Clean(s) == name }) {
		return true
	}
	for _, s := range a.Project.Sources {
		if filepath.Clean(s.Name) == name {
			return true
		}
	}
	return false
}

// changed are the user's files that were changed in place: beside the main ones,
// those that they include.
func (a *apply) changed() []string {
	out := slices.Clone(a.Sources)
	for _, w := range slices.Sorted(slices.Values(a.Written)) {
		if a.isSource(w) {
			out = union(out, []string{w})
		}
	}
	return out
}

// toRemove are the files that batten made: those with values of secrets, with what
// keeps them out of version control, apart from the others. The user's sources and
// settings are in neither.
func (a *apply) toRemove() (written, values []string) {
	for _, w := range slices.Sorted(slices.Values(a.Written)) {
		inFolder := len(a.Secrets) > 0 && filepath.ToSlash(filepath.Dir(w)) == a.folder()
		switch {
		case a.isSource(w) || filepath.ToSlash(filepath.Clean(w)) == settingsFile:
		case inFolder || slices.ContainsFunc(a.Secrets, func(s Secret) bool { return s.Path == w }):
			values = append(values, w)
		default:
			written = append(written, w)
		}
	}
	return written, values
}

// settingsFile holds the user's decisions.
const settingsFile = "batten.yaml"

// remove has the commands that remove files, and folders that are empty then, the
// inner ones first.
func remove(files []string) []string {
	var folders []string
	for _, f := range files {
		for dir := filepath.ToSlash(filepath.Dir(f)); dir != "." && dir != "/" && !strings.HasPrefix(dir, ".."); dir = filepath.ToSlash(filepath.Dir(dir)) {
			folders = union(folders, []string{dir})
		}
	}
	slices.SortFunc(folders, func(a, b string) int { return strings.Compare(b, a) })
	out := []string{"rm -f --" + arguments(files)}
	if len(folders) > 0 {
		out = append(out, "rmdir --"+arguments(folders)+" 2>/dev/null || true")
	}
	return out
}

// arguments are paths as further arguments.
func arguments(names []string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(" " + path(n))
	}
	return b.String()
}
