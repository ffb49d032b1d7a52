package project

import (
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
	"go.yaml.in/yaml/v4"
)

// UnsetVariable is a variable that a file names and nothing sets.
type UnsetVariable struct {
	Name         string
	File         int  // index into [Project.Sources]
	Path         Path // of the value that names it
	Line, Column int  // of that value, 1-based
}

// Bounds of the variables in one value, and of those that are reported.
const (
	maxBraces = 1000
	maxUnset  = 1000
)

// Expand fills in the variables of a text as it is written in a main file, secret
// ones with their real values: what it returns belongs into files that are meant
// for secrets and nowhere else. It is not complete when a variable is set nowhere
// and has no default.
func (p *Project) Expand(text string) (value string, complete bool) {
	return expand(text, p.env.real.Resolve)
}

// ExpandAt is Expand for what is written in any source: included files can have
// variables of their own.
func (p *Project) ExpandAt(w Written) (value string, complete bool) {
	if w.File < 0 || w.File >= len(p.Sources) {
		return "", false
	}
	return expand(w.Text, p.Sources[w.File].env.real.Resolve)
}

func expand(text string, lookup template.Mapping) (string, bool) {
	if strings.Count(text, "${") > maxBraces {
		return "", false
	}
	missing := missingIn(text, lookup, 0)
	value, err := template.SubstituteWithOptions(text, lookup, template.WithoutLogging)
	if err != nil {
		return "", false
	}
	return value, len(missing) == 0
}

// fill puts what may be shown of variables into a text. What cannot be filled in
// stays as it is.
func (s *Source) fill(text string) string {
	if !strings.Contains(text, "$") || strings.Count(text, "${") > maxBraces {
		return text
	}
	value, err := template.SubstituteWithOptions(text, s.env.shown.Resolve, template.WithoutLogging)
	if err != nil {
		return text
	}
	return value
}

// missing is a variable without a value.
type missing struct {
	name     string
	required bool   // the file says that it has to be set
	message  string // what the file says then
}

// missingIn finds the variables that filling in a text would miss.
func missingIn(text string, lookup template.Mapping, depth int) []missing {
	var out []missing
	for _, v := range scanVariables(text) {
		value, set := lookup(v.name)
		if strings.HasPrefix(v.operator, ":") {
			set = set && value != ""
		}
		switch strings.TrimPrefix(v.operator, ":") {
		case "":
			if !set {
				out = append(out, missing{name: v.name})
			}
		case "?":
			if !set {
				out = append(out, missing{name: v.name, required: true, message: v.word})
			}
		case "-":
			if !set && depth < maxDepth {
				out = append(out, missingIn(v.word, lookup, depth+1)...)
			}
		case "+":
			if set && depth < maxDepth {
				out = append(out, missingIn(v.word, lookup, depth+1)...)
			}
		}
	}
	return out
}

// variable is one use of a variable: $NAME, ${NAME} or ${NAME OPERATOR WORD}.
type variable struct{ name, operator, word string }

// operators stand between a variable's name and what to do when it is not set, or
// empty, or set. Longer ones first.
var operators = []string{":-", ":?", ":+", "-", "?", "+"}

// scanVariables finds the variables of a text, not those within a word.
func scanVariables(text string) []variable {
	var out []variable
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 || at+1 >= len(text) {
			return out
		}
		text = text[at+1:]
		switch {
		case text[0] == '$':
			text = text[1:]
		case text[0] == '{':
			end := closingBrace(text)
			if end < 0 {
				return out
			}
			if v, ok := braced(text[1:end]); ok {
				out = append(out, v)
			}
			text = text[end+1:]
		default:
			if name := variableName(text); name != "" {
				out = append(out, variable{name: name})
				text = text[len(name):]
			}
		}
	}
}

func braced(text string) (variable, bool) {
	v := variable{name: variableName(text)}
	rest := text[len(v.name):]
	if v.name == "" || rest == "" {
		return v, v.name != ""
	}
	for _, operator := range operators {
		if word, ok := strings.CutPrefix(rest, operator); ok {
			v.operator, v.word = operator, word
			return v, true
		}
	}
	return v, false
}

func variableName(text string) string {
	for i := range len(text) {
		c := text[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return text[:i]
		}
	}
	return text
}

// closingBrace is where the brace closes that the text begins with.
func closingBrace(text string) int {
	open := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

// unset finds the variables of a file that nothing sets, and fails when one of
// them is required.
func (s *Source) unset(file int) (out []UnsetVariable, err error) {
	s.eachScalar(func(n *yaml.Node, path Path) bool {
		if !strings.Contains(n.Value, "$") {
			return true
		}
		for _, m := range missingIn(n.Value, s.env.shown.Resolve, 0) {
			if m.required {
				err = s.problemAt(n, ErrBadCompose, "the variable %q has to be set%s", m.name, saying(m.message))
				return false
			}
			if len(out) < maxUnset {
				out = append(out, UnsetVariable{m.name, file, path.Join(), n.Line, n.Column})
			}
		}
		return true
	})
	return out, err
}

// eachScalar visits the values of a file in order, not those that aliases repeat,
// until told to stop. The path is only good during the visit.
func (s *Source) eachScalar(visit func(n *yaml.Node, path Path) bool) {
	var walk func(n *yaml.Node, path Path) bool
	walk = func(n *yaml.Node, path Path) bool {
		switch n.Kind {
		case yaml.ScalarNode:
			return visit(n, path)
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if !walk(n.Content[i+1], append(path, n.Content[i].Value)) {
					return false
				}
			}
		case yaml.SequenceNode:
			for i, c := range n.Content {
				if !walk(c, append(path, strconv.Itoa(i))) {
					return false
				}
			}
		}
		return true
	}
	if s.Root != nil {
		walk(s.Root, nil)
	}
}

func saying(message string) string {
	if message == "" {
		return ""
	}
	return ": " + quoted(message)
}
