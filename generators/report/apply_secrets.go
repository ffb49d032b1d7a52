package report

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
)

// Secret is a value that was moved into a file.
type Secret struct {
	Name string // as the compose file names it
	What string // whose value it is: "DATABASE_URL, POSTGRES_PASSWORD"
	Path string // of the file
	Mode uint32
	UID  *int // owner, nil for the user's own
	// Variables stand in the file as lines NAME=value, which a service or a shell
	// reads; nil in a file that is a value and nothing else.
	Variables []string
	Services  []string
}

// SecretsOf are the secrets that a plan's applied decisions put into files, by
// path. Their names are those of the files.
func SecretsOf(p *plan.Plan) []Secret {
	byPath := map[string]*Secret{}
	what := map[string][]string{}
	for _, d := range p.Applied() {
		f := d.Finding
		if f.Fix == nil {
			continue
		}
		for _, file := range f.Fix.Files {
			s, ok := byPath[file.Path]
			if !ok {
				s = &Secret{Name: nameIn(file.Path), Path: file.Path, Mode: file.Mode, UID: file.UID}
				byPath[file.Path] = s
			}
			if f.Service != "" {
				s.Services = union(s.Services, []string{f.Service})
			}
		}
		for _, file := range ownFiles(f) {
			what[file.Path] = union(what[file.Path], []string{f.Key})
			if slices.Contains(textsOf(f.Fix.Changes), "./"+file.Path) && inEnvironment(f) && holdsVariables(file.Path) { // its env_file
				byPath[file.Path].Variables = union(byPath[file.Path].Variables, []string{variableOf(f)})
			}
		}
	}
	var out []Secret
	for _, s := range byPath {
		s.What = strings.Join(what[s.Path], ", ")
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Secret) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// holdsVariables tells that a file has lines of variables.
func holdsVariables(path string) bool { return strings.HasSuffix(path, ".env") }

// mounted are the secrets that services see in /run/secrets.
func (a *apply) mounted() []Secret {
	var out []Secret
	for _, s := range a.Secrets {
		if !a.variables(s) {
			out = append(out, s)
		}
	}
	return out
}

func (a *apply) variables(s Secret) bool {
	return holdsVariables(s.Path) || slices.Contains(a.EnvFiles, s.Path)
}

// secrets says which files are expected, with which owner and mode, and how to make
// them where the repository was cloned without them.
func (a *apply) secrets() {
	if len(a.Secrets) == 0 {
		return
	}
	a.printf("## Secrets\n\n")
	var rows [][]string
	for _, s := range a.Secrets {
		owner := "yours"
		if s.UID != nil {
			owner = fmt.Sprint("uid ", *s.UID)
		}
		services := make([]string, len(s.Services))
		for i, one := range s.Services {
			services[i] = code(one)
		}
		what := s.What
		if what == "" {
			what = s.Name
		}
		rows = append(rows, []string{code(s.Name), code(what), code(s.Path), fmt.Sprintf("%04o", s.Mode), owner, strings.Join(services, " ")})
	}
	a.printf("%s\n", table([]string{"secret", "what it is", "file", "mode", "owner", "used by"}, rows))
	if a.Plan.Target != plan.TargetSwarm && len(a.mounted()) > 0 {
		a.paragraph("Compose mounts these files as they are, with the owner and mode that they have here: a service that runs as another user can read its file only when these are as in the table.")
	}
	a.paragraph("The files are not in version control. Where they are missing, make them; what is asked for stands in no history (bash):")
	lines := []string{"install -d -m 0700 " + path(a.folder())}
	for _, s := range a.Secrets {
		lines = append(lines, a.makeSecret(s)...)
	}
	a.commands(lines...)
	if len(a.mounted()) < len(a.Secrets) {
		a.paragraph("A file whose name ends in `.env` has one line `NAME=value` for each variable, with the value in single quotes where it has more than letters, digits and `_./:@%%+,=-`. What is opened in an editor holds the variables that the compose file fills in, as `${NAME}`.")
	}
}

// makeSecret asks for what a file holds; a file of variables whose names are not
// known is opened in an editor.
func (a *apply) makeSecret(s Secret) []string {
	var lines []string
	ask := func(of, format, to string) {
		lines = append(lines, fmt.Sprintf(`read -rsp %s value && printf %s "$value" %s %s; unset value`, shell("Value of "+printable(of)+": "), format, to, path(s.Path)))
	}
	switch {
	case !a.variables(s):
		ask(s.Name, "%s", ">")
	case len(s.Variables) == 0:
		lines = append(lines, `"${EDITOR:-vi}" `+path(s.Path))
	default:
		lines = append(lines, ": > "+path(s.Path))
		for _, v := range s.Variables {
			ask(v, shell(strings.NewReplacer("%", "%%", `\`, `\\`).Replace(v)+`=%s\n`), ">>")
		}
	}
	if s.UID != nil {
		lines = append(lines, fmt.Sprintf("sudo chown %d %s", *s.UID, path(s.Path)))
	}
	return append(lines, fmt.Sprintf("%schmod %04o %s", sudoFor(s), s.Mode, path(s.Path)))
}

// sudoFor begins a command on a file that may belong to the user of a service.
func sudoFor(s Secret) string {
	if s.UID != nil {
		return "sudo "
	}
	return ""
}
