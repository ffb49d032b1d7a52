package ebpf

import (
	"path"
	"strings"
)

// madeLinks are the symbolic links that a service was seen to make, and what they say. A
// program may remove one before anybody can look through it; names that lead through it
// are then resolved here.
type madeLinks map[string]string

// ambiguous marks a link that was made several times, each time with another text.
const ambiguous = ""

func (l madeLinks) add(at, says string) {
	if old, ok := l[at]; ok && old != says {
		says = ambiguous
	}
	l[at] = says
}

// follow resolves the links in an absolute name, the last part only when it is to be
// followed. It is false when none of them is known, or when what one says is not.
func (l madeLinks) follow(name string, last bool) (string, bool) {
	at, known := "/", false
	rest := strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at)
			continue
		}
		at = path.Join(at, part)
		says, ok := l[at]
		if !ok || len(rest) == 0 && !last {
			continue
		}
		if links++; says == ambiguous || links > maxLinks {
			return "", false
		}
		known = true
		at = path.Dir(at)
		if strings.HasPrefix(says, "/") {
			at = "/"
		}
		rest = append(strings.Split(says, "/"), rest...)
	}
	return at, known
}
