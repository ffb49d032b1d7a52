package compose

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"batten/plan"
	"batten/project"
)

// naming is one place where a file names another that it includes.
type naming struct {
	file, names int // indices of sources
	path        project.Path
	text        string
}

// namings finds where included sources are named. A name that holds a variable that
// only the environment knows is not found.
func (f *files) namings() []naming {
	var out []naming
	note := func(file int, path project.Path, v *value) {
		if v == nil || !v.isString() {
			return
		}
		if n := f.named(file, v.text); n >= 0 && f.project.Sources[n].Role == project.RoleIncluded {
			out = append(out, naming{file, n, path, v.text})
		}
	}
	for i, t := range f.trees {
		list := t.get("include")
		if list == nil || list.kind != listKind {
			continue
		}
		for n, it := range list.items {
			at := project.Path{"include", strconv.Itoa(n)}
			note(i, at, it.v)
			paths := it.v.get("path")
			note(i, at.Join("path"), paths)
			if paths == nil || paths.kind != listKind {
				continue
			}
			for m, one := range paths.items {
				note(i, at.Join("path", strconv.Itoa(m)), one.v)
			}
		}
	}
	return out
}

// twins are the names of the files that are written, by source; "" where none is.
type twins struct {
	base  []string // the name beside the source
	needs []bool
	ops   [][]*op // by source: the include entries that name twins
}

// twinNames names the twin of each source: compose.hardened.yml for the files that
// compose finds by itself, NAME.hardened.yml for others.
func twinNames(p *project.Project) []string {
	out := make([]string, len(p.Sources))
	taken := map[string]bool{}
	for i, s := range p.Sources {
		dir, file := filepath.Split(s.Path)
		ext := filepath.Ext(file)
		stem := strings.TrimSuffix(file, ext)
		for _, name := range []string{twinStem(stem, ext) + twinExt(ext), stem + ".hardened" + twinExt(ext), file + ".hardened" + twinExt(ext)} {
			out[i] = name
			if !taken[dir+name] {
				break
			}
		}
		taken[dir+out[i]] = true
	}
	return out
}

func twinStem(stem, ext string) string {
	if stem == "docker-compose" && (ext == ".yml" || ext == ".yaml") {
		stem = "compose"
	}
	return stem + ".hardened"
}

func twinExt(ext string) string {
	if ext == ".json" {
		return ext
	}
	return ".yml"
}

// pair decides which sources need a twin, and makes includes name them. Included
// files that change and that no file is seen to include are refused.
func (f *files) pair(changed []bool, c *combined) (*twins, []refusal) {
	t := &twins{base: twinNames(f.project), needs: make([]bool, len(f.trees)), ops: make([][]*op, len(f.trees))}
	copy(t.needs, changed)
	if len(f.main) > 0 {
		t.needs[f.main[0]] = true
	}
	if len(f.include) == 0 {
		return t, nil
	}
	reasons := make([][]int, len(f.trees))
	for i, ops := range c.ops {
		var by []int
		for _, o := range ops {
			by = append(append(by, o.by), o.value.made()...)
		}
		reasons[i] = union(nil, by)
	}
	all := f.namings()
	done := map[int]bool{}
	var refused []refusal
	for again := true; again; {
		again = false
		for i := range f.trees {
			if !t.needs[i] || done[i] || f.project.Sources[i].Role != project.RoleIncluded {
				continue
			}
			done[i], again = true, true
			found := false
			for _, n := range all {
				if n.names != i {
					continue
				}
				found = true
				if f.blocked[n.file] != "" {
					found = false
					break
				}
				to := n.text[:strings.LastIndexAny(n.text, `/\`)+1] + t.base[i]
				t.ops[n.file] = append(t.ops[n.file], &op{do: plan.Replace, file: n.file, path: n.path,
					value: &value{tag: tagString, text: to, by: reasons[i]}})
				t.needs[n.file] = true
				reasons[n.file] = union(reasons[n.file], reasons[i])
			}
			if !found {
				refused = append(refused, refusal{by: reasons[i], file: i, line: 1, column: 1,
					reason: fmt.Sprintf("no include that can be edited names %s", f.project.Sources[i].Name)})
			}
		}
	}
	return t, refused
}
