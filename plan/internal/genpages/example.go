package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"
)

// An example has to be taken in at a glance.
const (
	exampleLines    = 24
	exampleFindings = 6
)

// example is a compose file and what a rule finds in it.
type example struct {
	compose  string
	findings []string
}

// exampleOf takes the shortest of a rule's fixtures that finds something; the zero
// example when none is short enough.
func exampleOf(folder, id string) (example, error) {
	paths, err := filepath.Glob(filepath.Join(folder, id, "*.txtar"))
	if err != nil {
		return example{}, err
	}
	var best example
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return example{}, err
		}
		e := readExample(data, id)
		if e.fits() && (best.compose == "" || e.size() < best.size()) {
			best = e
		}
	}
	return best, nil
}

func (e example) size() int { return strings.Count(e.compose, "\n") + len(e.findings) }

func (e example) fits() bool {
	plain := !strings.ContainsFunc(e.compose, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') })
	return e.compose != "" && len(e.findings) > 0 && len(e.findings) <= exampleFindings && plain &&
		strings.Count(e.compose, "\n") <= exampleLines && !strings.Contains(e.compose, "```")
}

// readExample reads two sections of a fixture: the compose file and the findings,
// of which it takes the lines that name one.
func readExample(data []byte, id string) example {
	var e example
	files := sections(data)
	for _, name := range []string{"compose.yaml", "compose.yml", "docker-compose.yml"} {
		if text := files[name]; text != "" {
			e.compose = strings.TrimRight(text, "\n") + "\n"
			break
		}
	}
	for _, line := range strings.Split(files["want"], "\n") {
		if strings.HasPrefix(line, id) {
			head, _, _ := strings.Cut(line, " | ")
			rest := strings.TrimPrefix(line, head+" | ")
			message, _, _ := strings.Cut(rest, " | ")
			name, severity, _ := strings.Cut(head, " ")
			e.findings = append(e.findings, name+": "+message+" ("+severity+")")
		}
	}
	if yaml.Unmarshal([]byte(e.compose), new(yaml.Node)) != nil {
		return example{}
	}
	return e
}

// sections are the files of an archive in the txtar format.
func sections(data []byte) map[string]string {
	out := map[string]string{}
	name := ""
	for _, line := range bytes.SplitAfter(data, []byte("\n")) {
		text := strings.TrimRight(string(line), "\r\n")
		if strings.HasPrefix(text, "-- ") && strings.HasSuffix(text, " --") {
			name = strings.TrimSpace(text[3 : len(text)-3])
			continue
		}
		if name != "" {
			out[name] += string(line)
		}
	}
	return out
}

func (e example) markdown() string {
	if e.compose == "" {
		return ""
	}
	return "## Example\n\nIn this file\n\n```yaml\n" + e.compose + "```\n\nbatten finds\n\n```text\n" + strings.Join(e.findings, "\n") + "\n```\n\n"
}
