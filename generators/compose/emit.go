package compose

import (
	"errors"
	"slices"
	"strings"
)

// errTag means that a value with a tag of compose's own would have to be copied.
var errTag = errors.New("a value with a tag cannot be copied")

// line is one line of new text, without its end, and the decisions behind it.
type line struct {
	text string
	by   []int
}

// emitter writes values in a file's style.
type emitter struct {
	style
	// ports is set below a key whose strings are quoted whatever they are.
	ports bool
	merge string // what the next mapping begins with: "<<: *name"
	err   error
}

// entry writes a mapping's entry in block style.
func (m *emitter) entry(column int, key string, v *value) []line {
	outer := m.ports
	m.ports = m.ports || key == "ports"
	defer func() { m.ports = outer }()
	if text, ok := m.command(column, key, v); ok {
		return []line{text}
	}
	return m.under(column, m.key(key, false)+":", v, column+m.step, m.listColumn(column))
}

// item writes a list's item in block style.
func (m *emitter) item(column int, v *value) []line {
	return m.under(column, "-", v, column+2, column+2)
}

func (m *emitter) listColumn(column int) int {
	if m.flush {
		return column
	}
	return column + m.step
}

// under writes a value behind a key or dash, or below it.
func (m *emitter) under(column int, lead string, v *value, maps, lists int) []line {
	pad := strings.Repeat(" ", column)
	if text, ok := m.inline(v); ok {
		if text != "" {
			text = " " + text
		}
		return []line{{pad + lead + text, v.behind()}}
	}
	var below []line
	if v.kind == mapKind {
		below = m.block(maps, v)
	} else {
		below = m.block(lists, v)
	}
	if lead == "-" { // the first line stands beside the dash
		first := &below[0]
		first.text = pad + "- " + strings.TrimLeft(first.text, " ")
		return below
	}
	return append([]line{{pad + lead, v.behind()}}, below...)
}

// block writes what is in a collection.
func (m *emitter) block(column int, v *value) []line {
	var out []line
	if m.merge != "" {
		out = append(out, line{strings.Repeat(" ", column) + m.merge, nil})
		m.merge = ""
	}
	for _, e := range v.keys {
		out = append(out, m.entry(column, e.key, e.v)...)
	}
	for _, it := range v.items {
		out = append(out, m.item(column, it.v)...)
	}
	return inherit(out, v.by)
}

// inherit gives lines without a reason of their own that of what they are in.
func inherit(lines []line, by []int) []line {
	for i := range lines {
		if len(lines[i].by) == 0 {
			lines[i].by = by
		}
	}
	return lines
}

// inline is a value that stands on its key's line.
func (m *emitter) inline(v *value) (string, bool) {
	switch {
	case v.kind == taggedKind:
		m.err = errTag
		return "", true
	case v.isNull():
		return "", true
	case v.kind == scalarKind:
		return m.scalar(v, false), true
	case v.kind == listKind && len(v.items) == 0:
		return "[]", true
	case v.kind == mapKind && len(v.keys) == 0:
		return "{}", true
	}
	return "", false
}

func (m *emitter) scalar(v *value, flow bool) string {
	switch {
	case v.isNull():
		return "null"
	case v.tag != tagString:
		return v.raw
	case m.json || m.ports || !plainSafe(v.text, flow):
		return quoted(v.text, m.json)
	}
	return v.text
}

func (m *emitter) key(key string, flow bool) string {
	if m.json || !plainSafe(key, flow) {
		return quoted(key, m.json)
	}
	return key
}

// flow writes a value in flow style.
func (m *emitter) flow(v *value) string {
	switch v.kind {
	case taggedKind:
		m.err = errTag
		return ""
	case scalarKind:
		return m.scalar(v, true)
	case listKind:
		parts := make([]string, 0, len(v.items))
		for _, it := range v.items {
			parts = append(parts, m.flow(it.v))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	parts := make([]string, 0, len(v.keys))
	for _, e := range v.keys {
		parts = append(parts, m.flowEntry(e.key, e.v))
	}
	if len(parts) == 0 {
		return "{}"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (m *emitter) flowEntry(key string, v *value) string {
	outer := m.ports
	m.ports = m.ports || key == "ports"
	defer func() { m.ports = outer }()
	return m.key(key, true) + ": " + m.flow(v)
}

// join puts lines together; text before the first and after the last is the
// caller's.
func join(lines []line, eol string) []piece {
	out := make([]piece, 0, len(lines))
	for i, l := range lines {
		text := l.text
		if i < len(lines)-1 {
			text += eol
		}
		out = append(out, piece{text, slices.Clone(l.by)})
	}
	return out
}
