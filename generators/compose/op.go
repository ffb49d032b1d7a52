package compose

import (
	"batten/plan"
	"batten/project"
)

// op is one change resolved to one file. Paths and indices are those of the source.
type op struct {
	do    plan.Op // Set, Remove, Add, Replace, Drop
	file  int
	path  project.Path
	value *value // of Set, Add and Replace
	key   string // of Add
	by    int    // decision
}

// refusal says why decisions are not made.
type refusal struct {
	by     []int
	reason string
	file   int
	line   int
	column int
}

// files are the sources as the resolver and the interpreter see them.
type files struct {
	project *project.Project
	trees   []*value // nil where a file cannot be edited
	blocked []string // why not
	main    []int
	include []int // included ones
	extends []int
}

// readFiles decodes the sources. A file that cannot be edited is no error: only
// decisions that would change it are refused.
func readFiles(p *project.Project) *files {
	f := &files{project: p, trees: make([]*value, len(p.Sources)), blocked: make([]string, len(p.Sources))}
	for i, s := range p.Sources {
		switch s.Role {
		case project.RoleMain:
			f.main = append(f.main, i)
		case project.RoleIncluded:
			f.include = append(f.include, i)
		default:
			f.extends = append(f.extends, i)
		}
		v, err := decode(s.Root)
		if err == nil && v.kind != mapKind {
			err = errTagged
		}
		if err != nil {
			v = &value{kind: mapKind}
		} else {
			err = editable(s.Data)
		}
		if f.trees[i] = v; err != nil {
			f.blocked[i] = err.Error()
		}
	}
	return f
}

// having are those of some files that have a value at a path, in their order.
func (f *files) having(in []int, path project.Path) []int {
	var out []int
	for _, i := range in {
		if f.trees[i].lookup(path) != nil {
			out = append(out, i)
		}
	}
	return out
}

// layer are the files of one project: the main ones, or, for what only an included
// file has, the included ones.
func (f *files) layer(path project.Path) []int {
	if len(f.having(f.main, path)) > 0 {
		return f.main
	}
	if len(f.having(f.include, path)) > 0 {
		return f.include
	}
	return f.main
}

// position is where a value, or what leads to it, is written.
func (f *files) position(file int, path project.Path) plan.Position {
	at := plan.Position{}
	if file < 0 || file >= len(f.trees) {
		return at
	}
	at = plan.Position{File: f.project.Sources[file].Name, Line: 1, Column: 1}
	v := f.trees[file]
	for _, key := range path {
		if v = v.child(key); v == nil {
			break
		}
		if v.node != nil {
			at.Line, at.Column = v.node.Line, v.node.Column
		}
	}
	return at
}
