package rules

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
	"batten/project/dialect"
)

// refusedKeys are what some readers refuse or, of a stack, ignore, apart from what
// is translated.
func refusedKeys(d *plan.Draft, translated map[string]bool) []plan.Finding {
	c := collector{draft: d, translated: translated, index: map[string]int{}}
	for file, source := range d.Project.Sources {
		var last project.Path
		for _, p := range dialect.Check(source.Root) {
			// What is inside of a refused value goes with it; limits that contradict each
			// other refuse their service, of which other keys are told, too.
			if len(last) > 2 && len(p.Path) > len(last) && slices.Equal(last, p.Path[:len(last)]) {
				continue
			}
			last = p.Path
			c.add(file, p, "refuse", refusedSeverity(d, p))
		}
		if d.Target != plan.TargetSwarm {
			continue
		}
		for _, p := range dialect.Ignored(source.Root) {
			c.add(file, p, "ignore", ignoredSeverity(p))
		}
	}
	return c.out
}

// refusedSeverity is medium for what keeps the chosen target from reading the file.
func refusedSeverity(d *plan.Draft, p dialect.Problem) plan.Severity {
	if d.Target == plan.TargetSwarm && slices.Contains(p.Readers, dialect.Stack) {
		return plan.Medium
	}
	return plan.Info
}

// protections are keys of a service that protect something, so that it matters when
// they have no effect.
var protections = []string{"security_opt", "ports", "userns_mode", "network_mode"}

func ignoredSeverity(p dialect.Problem) plan.Severity {
	if len(p.Path) > 2 && slices.Contains(protections, p.Path[2]) {
		return plan.Medium
	}
	return plan.Info
}

// collector makes one finding of what several files say of one key.
type collector struct {
	draft      *plan.Draft
	translated map[string]bool
	out        []plan.Finding
	index      map[string]int // in out, by what the finding is about
}

func (c *collector) add(file int, p dialect.Problem, verb string, severity plan.Severity) {
	f := plan.Finding{Key: p.Path.String(), Severity: severity}
	switch {
	case len(p.Path) == 0 || p.Path[0] == "version":
		return // the finding about the version says it
	case p.Path[0] == "services" && len(p.Path) == 2:
		return // limits that contradict each other are B057
	case p.Path[0] == "services" && len(p.Path) > 2:
		f.Service, f.Key = p.Path[1], p.Path[2:].String()
		if _, ok := c.draft.Project.Service(f.Service); !ok || c.translated[f.Service+"/"+p.Path[2]] {
			return
		}
	}
	f.At = []plan.Position{{File: c.draft.Project.Sources[file].Name, Line: p.Line, Column: p.Column}}
	f.Message = readers(p.Readers, verb) + " " + plain(f.Key) + ": " + p.Why
	if verb == "ignore" {
		f.Key = "ignored:" + f.Key
		f.Message = p.Why + ": " + plain(strings.TrimPrefix(f.Key, "ignored:"))
	}
	if f.Fix = c.quoted(file, p); f.Fix == nil && p.Translation != "" {
		f.Message += "; instead: " + p.Translation
	}
	id := f.ID() + verb
	if i, ok := c.index[id]; ok {
		c.out[i].At = append(c.out[i].At, f.At...)
		if f.Fix != nil && c.out[i].Fix != nil {
			c.out[i].Fix.Changes = append(c.out[i].Fix.Changes, f.Fix.Changes...)
		}
		return
	}
	c.index[id] = len(c.out)
	c.out = append(c.out, f)
}

// readers names readers with what they do.
func readers(list []dialect.Reader, verb string) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = string(r)
		if r == dialect.Strict {
			names[i] = "the schema"
		}
	}
	if len(names) == 1 {
		verb += "s"
	}
	return strings.Join(names, ", ") + " " + verb
}

// quoted is the fix for a number, true or false that has to be a text: the same in
// quotes.
func (c *collector) quoted(file int, p dialect.Problem) *plan.Fix {
	if p.Translation != "put it in quotes" {
		return nil
	}
	for _, w := range c.draft.Project.LookupAll(p.Path...) {
		if w.File == file && !w.Shared && w.Node.Kind == yaml.ScalarNode && w.Text != "" {
			return &plan.Fix{Summary: "put it in quotes", Changes: []plan.Change{plan.ReplaceAt(w, textOf(w))}}
		}
	}
	return nil
}

// textOf is the text that readers make of a plain scalar.
func textOf(w project.Written) string {
	if w.Node.ShortTag() == "!!bool" {
		return strings.ToLower(w.Text)
	}
	return w.Text
}
