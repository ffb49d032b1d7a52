package secrets

import (
	"cmp"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// NewMaskerFor makes a masker for what is shown of a project: beside the values, it knows
// every line of the files that holds a credential, and how much of it is one.
func NewMaskerFor(p *project.Project) *Masker {
	set := Find(p)
	layouts := map[int]*layout{}
	parts := map[[2]int][]extent{} // by file and line
	values := Values(set)
	for _, u := range slices.Concat(set.Units, set.References) {
		for i := range u.Scalars {
			sc := &u.Scalars[i]
			if len(sc.Spans) == 0 {
				continue
			}
			file := sc.Written.File
			if layouts[file] == nil {
				layouts[file] = layOut(p.Sources[file])
			}
			for _, e := range layouts[file].raw(sc) {
				parts[[2]int{file, e.line}] = append(parts[[2]int{file, e.line}], e)
				if text := strings.TrimSpace(layouts[file].lines[e.line][e.start:e.end]); len(text) >= shortest && e.end > e.start {
					values = append(values, plan.NewSensitive(text))
				}
			}
		}
	}
	m := NewMasker(values)
	m.lines = make(map[string]string, len(parts))
	for at, all := range parts {
		line := layouts[at[0]].lines[at[1]]
		masked := m.inLine(line, all)
		if old, ok := m.lines[line]; !ok || masked > old {
			m.lines[line] = masked
		}
	}
	return m
}

// inLine masks parts of a line, and what else is a value there.
func (m *Masker) inLine(line string, parts []extent) string {
	slices.SortFunc(parts, func(a, b extent) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	var b strings.Builder
	at := 0
	for _, e := range parts {
		if e.end <= at {
			continue
		}
		if e.start >= at {
			b.WriteString(line[at:e.start])
			b.WriteString(masked)
		}
		at = e.end
	}
	b.WriteString(line[at:])
	return m.inText(b.String())
}

// line masks one line, with or without a difference's sign before it.
func (m *Masker) line(text string) string {
	bare := strings.TrimRight(text, "\r\n")
	if out, ok := m.lines[bare]; ok {
		return out + text[len(bare):]
	}
	if bare != "" && strings.IndexByte("+- ", bare[0]) >= 0 {
		if out, ok := m.lines[bare[1:]]; ok {
			return bare[:1] + out + text[len(bare):]
		}
	}
	return m.inText(text)
}
