package project

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// complaint is one sort of message of compose-go: what it looks like and what is
// told instead. Values of the file, which may be secrets, are never part of it;
// names of services, networks and keys are.
type complaint struct {
	pattern *regexp.Regexp
	text    string // with groups of the pattern, "$1"
}

// complaints in the order in which they are tried.
var complaints = []complaint{
	{regexp.MustCompile(`additional properties '([^']*)'(?:, '[^']*')* not allowed$`), `unknown key "$1"`},
	{regexp.MustCompile(` (must be an? [a-z, ]+)$`), `$1`},
	{regexp.MustCompile(` (must be (?:greater|less) than or equal to [-\d./]+)$`), `$1`},
	{regexp.MustCompile(`(missing propert(?:y|ies) .*)$`), `$1`},
	{regexp.MustCompile(`(value must be one of .*)$`), `$1`},
	{regexp.MustCompile(`is not valid (\S+):`), `is not a $1`},
	{regexp.MustCompile(`does not match pattern`), `does not have the form that compose expects`},
	{regexp.MustCompile(`(items at \d+ and \d+ are equal)$`), `$1`},
	{regexp.MustCompile(`^(services\.\S+: can't set distinct values on '\S+' and '\S+')`), `$1`},
	{regexp.MustCompile(`^(service "[^"]*" (?:depends on undefined service|refers to undefined (?:network|volume|build secret|secret|config|model)) \S+): `), `$1`},
	{regexp.MustCompile(`^(service "[^"]*" has neither an image nor a build context specified)`), `$1`},
	{regexp.MustCompile("^(service \\S+ declares mutually exclusive `network_mode` and `networks`)"), `$1`},
	{regexp.MustCompile(`^(service "[^"]*" declares mutualy exclusive)`), `dockerfile and dockerfile_inline exclude each other`},
	{regexp.MustCompile(`^(service "[^"]*" not found for network_mode)`), `$1`},
	{regexp.MustCompile(`^(healthcheck\.test must start .*)$`), `$1`},
	{regexp.MustCompile(`target \S+ already mounted as`), `two mounts have the same target`},
	{regexp.MustCompile(`can't set container_name and`), `container_name and several replicas exclude each other`},
	{regexp.MustCompile("^(secret \"[^\"]*\" must declare either `file` or `environment`)"), `$1`},
	{regexp.MustCompile(`attributes are mutually exclusive`), `these keys exclude each other`},
	{regexp.MustCompile(`one of \S+ must be set`), `a key is missing`},
	{regexp.MustCompile(`^cannot extend service ("[^"]*") in .*: service ("[^"]*") not found`), `cannot extend $1: no service $2`},
	{regexp.MustCompile(`^cannot extend service ("[^"]*") in`), `cannot extend $1: the file has no such service`},
	{regexp.MustCompile(`invalid interpolation format for`), `a $$ that begins no variable; a plain one is written $$$$`},
	{regexp.MustCompile(`failed to cast to expected type`), `not a value of the expected type`},
	{regexp.MustCompile(`^empty compose file`), `the file is empty`},
	{regexp.MustCompile(`project name must not be empty|^invalid project name`), `the project's name has to begin with a letter or number and hold lower case letters, numbers, "-" and "_" only`},
	{regexp.MustCompile(`maximum node visit limit`), `the file holds too many values`},
	{regexp.MustCompile(`map merge requires`), `a merge key needs a mapping, or a list of mappings`},
	{regexp.MustCompile("^.include. must be a list"), `include: must be a list`},
	{regexp.MustCompile(`false schema$`), `unknown key`},
	{regexp.MustCompile(`invalid duration`), `not a duration`},
	{regexp.MustCompile(`strconv\.Parse`), `not a number`},
	{regexp.MustCompile(`confusing device mapping`), `not a device mapping`},
	{regexp.MustCompile(`((?:invalid|unexpected|unsupported|unknown)(?: (?:type|string|int|bool|float64|for|ulimits|boolean|command|line|additional|host|hostPort|containerPort|port|range|start|end|proto|ip|IP|address|size|spec|value|mapping|environment|format|mount|volume)\b)+)`), `$1`},
}

// sections are the keys that paths in messages begin with.
var sections = regexp.MustCompile("(?:services|networks|volumes|secrets|configs|include|name|version|jobs|models)(?:$|[`.\\s:\\[])")

var (
	// namedService is how messages name a service without a path.
	namedService = regexp.MustCompile(`^(?:service|cannot extend service) "?([^"\s]+)"?`)
	// mark is how the YAML library tells a place.
	mark = regexp.MustCompile(`at L(\d+)\.C(\d+)`)
	// whole are complaints that say what they are about.
	whole = regexp.MustCompile(`^(?:services?[ .]|cannot extend|secret "|the project|include:)`)
)

// namedKeys are the keys of a service that messages speak of in words.
var namedKeys = map[string]string{
	"depends_on": "depends on undefined service", "networks": "undefined network", "volumes": "undefined volume",
	"secrets": "undefined secret", "configs": "undefined config", "network_mode": "`network_mode`", "extends": "cannot extend",
}

// explain puts what compose-go does not like into one line with its place.
func explain(err error, dir string, sources []*Source) error {
	message := err.Error()
	about := sources[0]
	for _, s := range sources {
		if strings.Contains(message, s.Path+":") {
			about = s
		}
		message = strings.TrimPrefix(message, "validating "+s.Path+": ")
	}
	// Errors of decoding come as a list below a heading.
	if _, list, ok := strings.Cut(message, "error(s):"); ok {
		message = strings.TrimSpace(list)
	}
	first, _, _ := strings.Cut(message, "\n")
	text := "compose cannot read this"
	for _, c := range complaints {
		if m := c.pattern.FindStringSubmatchIndex(first); m != nil {
			text = strings.ReplaceAll(string(c.pattern.ExpandString(nil, c.text, first, m)), "a array", "a list")
			break
		}
	}
	if m := mark.FindStringSubmatch(message); m != nil {
		line, _ := strconv.Atoi(m[1])
		column, _ := strconv.Atoi(m[2])
		return about.problemAt(&yaml.Node{Line: line, Column: column}, ErrBadCompose, "%s", text)
	}
	p := &Project{Dir: dir, Sources: sources}
	path := p.pathIn(message)
	if key, ok := strings.CutPrefix(text, `unknown key "`); ok {
		path = path.Join(strings.TrimSuffix(key, `"`))
	}
	if len(path) == 0 {
		path = p.pathOfValue(first)
	}
	if len(path) == 0 {
		return about.problemAt(nil, ErrBadCompose, "%s", Printable(text))
	}
	if !whole.MatchString(text) {
		text = path.String() + ": " + text
	}
	return p.problemWith(ErrBadCompose, path, Printable(text))
}

// pathOfValue finds what a message is about that names no path: the first value
// which holds what the message ends with.
func (p *Project) pathOfValue(message string) Path {
	_, tail, ok := strings.Cut(message, ": ")
	if strings.HasPrefix(message, "healthcheck.test") {
		return p.pathOfTest()
	}
	if tail = strings.Trim(tail, `"'`); !ok || tail == "" {
		return nil
	}
	for _, s := range p.Sources {
		var found Path
		s.eachScalar(func(n *yaml.Node, path Path) bool {
			if strings.Contains(s.fill(n.Value), tail) {
				found = path.Join()
			}
			return found == nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// pathOfTest finds the first health check that does not say how it is run.
func (p *Project) pathOfTest() Path {
	for _, s := range p.Sources {
		for _, service := range s.entries("services") {
			test := s.value(s.value(deref(service.Node), "healthcheck"), "test")
			if test == nil || test.Kind != yaml.SequenceNode || len(test.Content) == 0 {
				continue
			}
			if !slices.Contains([]string{"CMD", "CMD-SHELL", "NONE"}, s.fill(deref(test.Content[0]).Value)) {
				return Path{"services", service.Key, "healthcheck", "test"}
			}
		}
	}
	return nil
}

// pathIn finds the path that a message is about, as far as the files have it.
func (p *Project) pathIn(message string) Path {
	if m := namedService.FindStringSubmatch(message); m != nil {
		path := Path{"services", m[1]}
		for key, about := range namedKeys {
			if strings.Contains(message, about) {
				return path.Join(key)
			}
		}
		return path
	}
	at := sections.FindStringIndex(message)
	if at == nil {
		return nil
	}
	var best Path
	for _, s := range p.Sources {
		if s.Root == nil {
			continue
		}
		if path := s.descend(message[at[0]:]); len(path) > len(best) {
			best = path
		}
	}
	return best
}

// descend follows a dotted path as far as it goes. Keys may have dots in them, so
// the longest key that fits is taken.
func (s *Source) descend(text string) Path {
	var path Path
	n := s.Root
	for n != nil && text != "" {
		key := longestKey(s.keysOf(n), text)
		if key == "" {
			break
		}
		path = append(path, key)
		text = strings.TrimLeft(text[len(key):], ".[]'")
		next, _ := s.index.child(n, key, 0)
		n = deref(next)
	}
	return path
}

func (s *Source) keysOf(n *yaml.Node) []string {
	var out []string
	switch n.Kind {
	case yaml.MappingNode:
		for _, e := range mapEntries(Written{Node: n}) {
			out = append(out, e.Key)
		}
	case yaml.SequenceNode:
		for i := range n.Content {
			out = append(out, strconv.Itoa(i))
		}
	}
	return out
}

func longestKey(keys []string, text string) string {
	best := ""
	for _, key := range keys {
		rest, ok := strings.CutPrefix(text, key)
		ends := ok && (rest == "" || slices.Contains([]byte(".:[] `'\n\""), rest[0]))
		if ends && len(key) > len(best) {
			best = key
		}
	}
	return best
}
