package secrets

import (
	"strings"

	"batten/project"
)

// Comment is a comment that holds a value which is a secret elsewhere. Comments
// are the user's and are not changed.
type Comment struct {
	File, Line int // index into the project's sources; 1-based
	Column     int // of the number sign, in bytes, 1-based
}

// Comments looks for the set's values in comments: those that are nothing but a
// secret, wherever they stand.
func Comments(p *project.Project, s *Set) []Comment {
	known := map[string]bool{}
	for _, secret := range s.Secrets {
		if v := secret.Value.Reveal(); telling(v) {
			known[v] = true
		}
	}
	if len(known) == 0 {
		return nil
	}
	var out []Comment
	for i, source := range p.Sources {
		n := 0
		for line := range strings.Lines(string(source.Data)) {
			n++
			at := commentAt(line)
			if at < 0 {
				continue
			}
			for start, end := range pieces(line[at:]) {
				if known[line[at+start:at+end]] {
					out = append(out, Comment{File: i, Line: n, Column: at + 1})
					break
				}
			}
		}
	}
	return out
}

// commentAt is where a line's comment begins, -1 without one. Within a quoted
// value of several lines that may be wrong: then a value that is a secret is
// named twice.
func commentAt(line string) int {
	for at := 0; ; at++ {
		i := strings.IndexByte(line[at:], '#')
		if i < 0 {
			return -1
		}
		if at += i; at == 0 || line[at-1] == ' ' || line[at-1] == '\t' {
			return at
		}
	}
}
