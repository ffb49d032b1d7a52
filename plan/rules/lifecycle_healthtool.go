package rules

import (
	"regexp"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

var healthCheckTool = plan.Rule{
	ID:       "B034",
	Title:    "The health check's program is in the image",
	Topic:    "lifecycle",
	Severity: plan.Medium,
	Class:    plan.Choice,
	Needs:    []plan.Need{plan.NeedCompose, plan.NeedImage},
	Sources:  []plan.Source{{Name: plan.CIS, Item: "5.27"}, {Name: plan.DockerDocs, Item: "HEALTHCHECK"}},
	Why: "A check whose program is missing fails always. The service is reported unhealthy while it works: whoever waits for " +
		"it never starts, an orchestrator restarts it for ever, and people learn to ignore the state that was meant to warn them.",
	Fix: "Puts a check in its place that uses a program which the image has, chosen as for a service without a check. " +
		"Adding curl to an image for the sake of a check gives an attacker a tool.",
	Breaks: "What the old check was meant to ask may be more than whether the port answers.",
	Detect: detectHealthCheckTool,
}

func detectHealthCheckTool(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		if healthOf(s) != healthSet || s.Facts == nil || s.Facts.Files == nil {
			continue
		}
		missing := missingProgram(s)
		if missing == "" {
			continue
		}
		f := plan.Finding{
			Service: s.Name, Message: "its health check fails always: the image has no " + missing,
			At: written(d, s, "healthcheck", "test"),
		}
		f.Fix = addHealthCheck(d, s, &f)
		out = append(out, f)
	}
	return out
}

// missingProgram is the first program of a service's check that its image lacks, ""
// when none is known to be missing.
func missingProgram(s project.Service) string {
	test := s.Config.HealthCheck.Test
	named := []string{test[1]}
	if test[0] == "CMD-SHELL" {
		named = append([]string{"/bin/sh"}, shellPrograms(test[1])...)
	}
	for _, name := range named {
		if strings.HasPrefix(name, "/") && hasMount(s, name) {
			continue
		}
		if _, ok := s.Facts.Files.Program(name); !ok && !unsearchable(s, name) {
			return name
		}
	}
	return ""
}

// unsearchable tells that a program may be where it is not looked for: in a folder
// that only the image's own PATH names.
func unsearchable(s project.Service, name string) bool {
	if strings.Contains(name, "/") {
		return !strings.HasPrefix(name, "/") // relative to the working folder
	}
	for path, e := range s.Facts.Files.Entries {
		if strings.HasSuffix(path, "/"+name) && !e.Folder && (e.Mode&0o111 != 0 || e.Link != "") {
			return true
		}
	}
	return false
}

var (
	plainWord  = regexp.MustCompile(`^[A-Za-z0-9_./+-]+$`)
	assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	// separators end a command of a shell line. A line with anything that could hold
	// them as text is not taken apart.
	separators = regexp.MustCompile(`\|\||&&|[|;&]`)
	// redirection holds an ampersand that ends nothing.
	redirection = regexp.MustCompile(`[0-9]*[<>]&[0-9-]+|&>+`)
)

// shellWords are what a shell knows by itself, or what stands before a program.
var shellWords = []string{
	"[", "[[", "test", "exit", "echo", "true", "false", ":", "cd", "set", "if", "then", "else", "elif", "fi", "while", "until",
	"for", "do", "done", "case", "esac", "!", "{", "}", "(", "exec", "command", "type", "export", "read", "kill", "printf", "eval", ".",
	"return", "wait", "trap", "unset", "shift", "local", "source",
}

// shellPrograms are the programs that a shell line surely runs: the first words of
// its commands. It is empty for a line that this cannot tell of.
func shellPrograms(line string) []string {
	if strings.ContainsAny(line, "`\\") || strings.Contains(line, "$(") || strings.Contains(line, "<<") {
		return nil
	}
	bare, ok := withoutQuotes(line)
	if !ok {
		return nil
	}
	var out []string
	for _, command := range separators.Split(redirection.ReplaceAllString(bare, " "), -1) {
		words := strings.Fields(command)
		for len(words) > 0 && assignment.MatchString(words[0]) {
			words = words[1:]
		}
		if len(words) == 0 || !plainWord.MatchString(words[0]) || slices.Contains(shellWords, words[0]) {
			continue
		}
		out = append(out, words[0])
	}
	return out
}

// withoutQuotes puts a word that is none in place of each quoted part.
func withoutQuotes(line string) (string, bool) {
	var b strings.Builder
	for line != "" {
		i := strings.IndexAny(line, `'"`)
		if i < 0 {
			b.WriteString(line)
			break
		}
		b.WriteString(line[:i] + "=")
		end := strings.IndexByte(line[i+1:], line[i])
		if end < 0 {
			return "", false
		}
		line = line[i+1+end+1:]
	}
	return b.String(), true
}
