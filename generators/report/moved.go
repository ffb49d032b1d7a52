package report

import (
	"regexp"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// mounted is where a service sees a secret.
var mounted = regexp.MustCompile(`/run/secrets/([A-Za-z0-9_.-]+)`)

// ownFiles are the files with a finding's own value. A fix that starts a service
// anew brings the files of all of the service's findings: which are this one's is
// in its summary, or in the statement of the start that sets its variable. All are
// given where neither tells.
func ownFiles(f plan.Finding) []plan.File {
	all := f.Fix.Files
	if len(all) < 2 {
		return all
	}
	words := strings.Fields(f.Fix.Summary)
	for i := range words {
		words[i] = strings.TrimRight(words[i], ".,:;")
	}
	if named := filesThat(all, func(one plan.File) bool { return slices.Contains(words, one.Path) }); len(named) > 0 {
		return named
	}
	begin := "exec "
	if inEnvironment(f) {
		begin = "export " + variableOf(f) + "="
	}
	var names []string
	for _, text := range textsOf(f.Fix.Changes) {
		for _, s := range statements(text) {
			if !strings.HasPrefix(s, begin) {
				continue
			}
			for _, m := range mounted.FindAllStringSubmatch(s, -1) {
				names = append(names, m[1])
			}
		}
	}
	if own := filesThat(all, func(one plan.File) bool { return slices.Contains(names, nameIn(one.Path)) }); len(own) > 0 {
		return own
	}
	return all
}

func filesThat(all []plan.File, is func(plan.File) bool) []plan.File {
	var out []plan.File
	for _, one := range all {
		if is(one) {
			out = append(out, one)
		}
	}
	return out
}

// nameIn is a path's last name, the one of the secret.
func nameIn(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// variableOf is the variable that a finding in the environment is about: where
// several files set it, the key has the file's name after it.
func variableOf(f plan.Finding) string {
	name, _, _ := strings.Cut(f.Key, " in ")
	return name
}

// inEnvironment tells that a fix changes a variable of the service.
func inEnvironment(f plan.Finding) bool {
	is := func(p project.Path) bool { return len(p) > 2 && p[0] == "services" && p[2] == "environment" }
	return slices.ContainsFunc(f.Fix.Changes, func(c plan.Change) bool { return is(c.Path) || c.At != nil && is(c.At.Path) })
}

// textsOf are all texts that changes write.
func textsOf(changes []plan.Change) []string {
	var out []string
	var walk func(value any)
	walk = func(value any) {
		switch v := value.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, one := range v {
				walk(one)
			}
		case plan.Map:
			for _, one := range v {
				walk(one.Value)
			}
		}
	}
	for _, c := range changes {
		walk(c.Value)
	}
	return out
}

// statements parts a script at the semicolons outside its quotes.
func statements(script string) []string {
	var out []string
	start, quote := 0, byte(0)
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case quote == 0 && c == ';':
			out = append(out, strings.TrimSpace(script[start:i]))
			start = i + 1
		case c == '\\' && quote != '\'':
			i++
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return append(out, strings.TrimSpace(script[start:]))
}
