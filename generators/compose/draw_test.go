package compose

import (
	"fmt"
	"strconv"
	"strings"

	"batten/plan"
	"batten/project"

	"pgregory.net/rapid"
)

// author writes compose files in many hands.
type author struct {
	*rapid.T
	b     strings.Builder
	step  int
	flush bool
	eol   string
	names []string // anchors written so far
	count int
}

func (a *author) chance(percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(a.T, label) < percent
}

func pickOne[V any](t *rapid.T, from []V, label string) V {
	return rapid.SampledFrom(from).Draw(t, label)
}

// drawFile is a compose file with two to four services.
func drawFile(t *rapid.T) string {
	a := &author{T: t, step: pickOne(t, []int{2, 2, 4, 3}, "step"), flush: rapid.Bool().Draw(t, "flush"),
		eol: pickOne(t, []string{"\n", "\n", "\r\n"}, "eol")}
	if a.chance(10, "bom") {
		a.b.WriteString("\ufeff")
	}
	if a.chance(20, "head") {
		a.line(0, "# head\twith a tab")
	}
	if a.chance(10, "marker") {
		a.line(0, "---")
	}
	if a.chance(40, "extension") {
		a.line(0, "x-env: &env")
		a.pairs(a.step)
		a.names = append(a.names, "env")
	}
	a.line(0, "services:"+a.tail())
	for i := range rapid.IntRange(1, 3).Draw(t, "services") {
		a.gap(a.step)
		a.service(fmt.Sprint("s", i))
	}
	if a.chance(40, "networks") {
		a.gap(0)
		a.line(0, "networks:")
		a.line(a.step, pickOne(t, []string{"n1:", "n1: {}", "n1: {internal: false}"}, "network"))
		a.line(a.step, pickOne(t, []string{"n2: ~", "n2: # own", "\"n2\":"}, "network"))
	}
	if a.chance(30, "foot") {
		a.line(a.step, "# foot")
	}
	out := a.b.String()
	if a.chance(20, "cut") {
		out = strings.TrimRight(out, "\r\n")
	}
	return out
}

func (a *author) line(column int, text string) {
	a.b.WriteString(strings.Repeat(" ", column) + text + a.eol)
}

func (a *author) tail() string {
	return pickOne(a.T, []string{"", "", "", "  # why", " \t# é"}, "tail")
}

func (a *author) gap(column int) {
	switch pickOne(a.T, []int{0, 0, 1, 2, 3}, "gap") {
	case 1:
		a.line(0, "")
	case 2:
		a.line(column, "# about what follows")
	case 3:
		a.line(0, "")
		a.line(0, "# far left")
	}
}

func (a *author) service(name string) {
	at := a.step
	switch {
	case a.chance(8, "bare"):
		a.line(at, name+":"+a.tail())
		return
	case a.chance(8, "braces"):
		a.line(at, name+`: {image: x, ports: ["80:80", 81:81], environment: {A: b, PW: c}}`+a.tail())
		return
	}
	head := name + ":"
	if a.chance(20, "anchor") {
		a.count++
		own := "w" + strconv.Itoa(a.count)
		head += " &" + own
		defer func() { a.names = append(a.names, own) }()
	}
	a.line(at, head+a.tail())
	at += a.step
	if len(a.names) > 0 && a.names[len(a.names)-1] != "env" && a.chance(40, "merge") {
		a.line(at, "<<: *"+a.names[len(a.names)-1])
	}
	a.line(at, "image: "+pickOne(a.T, []string{"x", "'x:1'", `"x"`, "x:1 # pinned"}, "image"))
	for _, key := range []string{"environment", "ports", "security_opt", "command", "deploy", "volumes", "tmpfs", "labels"} {
		if a.chance(45, key) {
			a.gap(at)
			a.key(at, key)
		}
	}
}

func (a *author) key(at int, key string) {
	switch key {
	case "environment", "labels":
		a.vars(at, key)
	case "ports":
		a.list(at, key, []string{"80:80", `"81:81"`, "82", "'83:83/udp'"})
	case "security_opt":
		a.list(at, key, []string{"seccomp:unconfined", "label=disable", "no-new-privileges"})
	case "command":
		switch pickOne(a.T, []int{0, 1, 2, 3, 4}, "command") {
		case 0:
			a.line(at, "command: |"+pickOne(a.T, []string{"", "-", "+"}, "chomp")+a.tail())
			a.line(at+2, "one # not a comment")
			a.line(0, "")
			a.line(at+3, "two")
		case 1:
			a.line(at, "command: >-")
			a.line(at+2, "one")
			a.line(at+2, "two")
		case 2:
			a.line(at, "command: one")
			a.line(at+2, "two  three"+a.tail())
		case 3:
			a.line(at, `command: "one \"two\" \`)
			a.line(at+2, `three"`+a.tail())
		case 4:
			a.line(at, "command: [a, 'b''c',")
			a.line(at+2, `"d"]`+a.tail())
		}
	case "deploy":
		a.line(at, "deploy:")
		a.line(at+a.step, "resources:")
		if a.chance(50, "flow") {
			a.line(at+2*a.step, "limits: {cpus: '1' }"+a.tail())
		} else {
			a.line(at+2*a.step, "limits:")
			a.line(at+3*a.step, "cpus: '1'"+a.tail())
		}
	case "volumes":
		a.line(at, "volumes:")
		in := a.items(at)
		a.line(in, "- type: bind"+a.tail())
		a.line(in+2, "source: a")
		a.line(in+2, "target: b")
		a.line(in, "- c:d")
	case "tmpfs":
		a.line(at, pickOne(a.T, []string{"tmpfs: /run", "tmpfs: [/run]", "tmpfs: []", "tmpfs:"}, "tmpfs")+a.tail())
	}
}

func (a *author) items(at int) int {
	if a.flush {
		return at
	}
	return at + a.step
}

func (a *author) list(at int, key string, from []string) {
	items := rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, len(from), rapid.ID).Draw(a.T, key)
	if a.chance(30, "flow") {
		a.line(at, key+": ["+strings.Join(items, pickOne(a.T, []string{", ", ",", " , "}, "comma"))+"]"+a.tail())
		return
	}
	a.line(at, key+":"+a.tail())
	for _, i := range items {
		if a.chance(10, "comment") {
			a.line(a.items(at), "# about the item")
		}
		a.line(a.items(at), "- "+i+a.tail())
	}
}

func (a *author) vars(at int, key string) {
	switch {
	case a.chance(25, "alias") && len(a.names) > 0 && a.names[0] == "env":
		a.line(at, key+": *env"+a.tail())
	case a.chance(25, "merge") && len(a.names) > 0 && a.names[0] == "env":
		a.line(at, key+":")
		a.line(at+a.step, "<<: *env")
		a.line(at+a.step, "OWN: x")
	case a.chance(30, "list"):
		a.list(at, key, []string{"A=b", "PW=secret", "C", `"D=e f"`})
	default:
		a.line(at, key+":"+a.tail())
		a.pairs(at + a.step)
	}
}

func (a *author) pairs(at int) {
	for _, p := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A: b", "PW: 'secret'", "C:", "D: \"e f\"", "E: 1", "F: yes", "G: a b"}), 1, 5, rapid.ID).Draw(a.T, "pairs") {
		if a.chance(10, "comment") {
			a.line(at, "# about it")
		}
		a.line(at, p+a.tail())
	}
}

var someValues = []any{"x", "yes", "0.5", "a: b", "# c", "", "127.0.0.1:80:80", "line\nline", true, 7, int64(9),
	[]any{"ALL"}, []any{"a", plan.Map{{Key: "k", Value: "v"}, {Key: "l", Value: []any{"m"}}}},
	plan.Map{{Key: "k", Value: "v"}, {Key: "in", Value: plan.Map{{Key: "x", Value: 1}}}}, plan.Map{}, []any{}}

var scalars = someValues[:11]

// drawChange is a change of something that a file has, or that it could have.
func drawChange(t *rapid.T, root *value) plan.Change {
	services := root.get("services")
	service := "s0"
	if services != nil && services.kind == mapKind && len(services.keys) > 0 {
		service = services.keys[rapid.IntRange(0, len(services.keys)-1).Draw(t, "service")].key
	}
	paths := pathsOf(root.lookup([]string{"services", service}), project.Path{"services", service}, nil)
	switch rapid.IntRange(0, 9).Draw(t, "op") {
	case 0, 1:
		path := project.Path{"services", service}.Join(strings.Split(pickOne(t, []string{"read_only", "cap_drop", "deploy/resources/limits/memory",
			"environment/NEW", "user", "logging/options/max-size", "ports", "image", "healthcheck"}, "key"), "/")...)
		return plan.Change{Op: plan.Set, Path: path, Value: pickOne(t, someValues, "value")}
	case 2, 3:
		list := pickOne(t, []string{"security_opt", "tmpfs", "cap_add", "ports"}, "list")
		added := pickOne(t, [][2]string{{"no-new-privileges:true", "no-new-privileges"}, {"seccomp=./p.json", "seccomp"}, {"/tmp:size=1m", "/tmp"}, {"80:80", ""}}, "item")
		return plan.AddItem(service, list, added[0], added[1])
	case 4:
		return plan.Change{Op: plan.Set, Path: strings.Split(pickOne(t, []string{"version", "networks/n1/internal", "networks/new/internal", "secrets/pw/file"}, "key"), "/"),
			Value: pickOne(t, scalars, "value")}
	}
	if len(paths) == 0 {
		return plan.SetService(service, true, "init")
	}
	path := pickOne(t, paths, "path")
	switch rapid.IntRange(0, 3).Draw(t, "op") {
	case 0:
		return plan.Change{Op: plan.Remove, Path: path}
	case 1:
		return plan.Change{Op: plan.Replace, At: &plan.Place{Path: path}, Value: pickOne(t, someValues, "value")}
	case 2:
		return plan.Change{Op: plan.Drop, At: &plan.Place{Path: path}}
	}
	return plan.Change{Op: plan.Set, Path: path, Value: pickOne(t, someValues, "value")}
}

func pathsOf(v *value, at project.Path, out []project.Path) []project.Path {
	if v == nil {
		return out
	}
	for _, e := range v.keys {
		out = pathsOf(e.v, at.Join(e.key), append(out, at.Join(e.key)))
	}
	for i, it := range v.items {
		out = pathsOf(it.v, at.Join(strconv.Itoa(i)), append(out, at.Join(strconv.Itoa(i))))
	}
	return out
}
