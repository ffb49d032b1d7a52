package apparmor

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// threshold says how many siblings of one kind a folder may hold before their names
// become a wildcard.
type threshold struct {
	folder string
	more   int  // than so many; 0: never
	write  bool // also files that are changed
}

// thresholds: the longest folder that fits counts. Literals are cheap, so that the
// numbers are small only where files come and go.
var thresholds = []threshold{
	{"/", 100, true},
	{"/usr", 300, false},
	{"/lib", 300, false},
	{"/opt", 200, false},
	{"/tmp", 10, true},
	{"/var/tmp", 10, true},
	{"/dev/shm", 10, true},
	{"/run", 20, true},
	{"/var/run", 20, true},
	{"/var", 50, true},
	{"/var/cache", 20, true},
	{"/dev", 0, false},
	{"/proc", 0, false},
	{"/sys", 50, false},
	{"/bin", 0, false},
	{"/sbin", 0, false},
}

func thresholdOf(folder string) threshold {
	best := thresholds[0]
	for _, t := range thresholds {
		if under(folder, t.folder) && len(t.folder) >= len(best.folder) {
			best = t
		}
	}
	return best
}

// manyAlike is how many siblings whose names are numbers, or hexadecimal digits of
// one length, are enough.
const manyAlike = 8

// thin replaces the names of many siblings by one wildcard: first those that are
// numbers or digits of one length, then those of one suffix and one way of use.
func (g *generator) thin(all []*node, spelled string, put func(*node, segment, string)) []*node {
	t := thresholdOf(spelled)
	if t.more == 0 || len(all) <= manyAlike || sensitiveFolder(spelled) {
		return all
	}
	alike := min(manyAlike, t.more)
	shapes := hexShapes(all)
	all = thinBy(all, alike, put, func(n *node) (string, segment, string) {
		return numbered(n, func(stem string) (class, bool) {
			return fixed(setHex, len(stem)), shapes[len(stem)] && setHex.holds(stem)
		})
	})
	all = thinBy(all, alike, put, func(n *node) (string, segment, string) {
		return numbered(n, func(stem string) (class, bool) {
			return number(0), len(stem) <= intDigits && setDigit.holds(stem)
		})
	})
	return thinBy(all, t.more, put, func(n *node) (string, segment, string) {
		p, ok := thinnable(n, t.write)
		if !ok || sensitiveName(n.name) {
			return "", nil, ""
		}
		ext := path.Ext(n.name)
		if len(ext) < 2 || len(ext) > 8 || ext == n.name {
			ext = ""
		}
		s := segment{{class: class{kind: classAny}}, {text: ext}}
		return fmt.Sprintf("%d %s", p, ext), s.tidy(), "one of many files"
	})
}

// thinBy unites the nodes that kind gives the same key, when there are more than
// limit of them. "" is no key.
func thinBy(all []*node, limit int, put func(*node, segment, string), kind func(*node) (string, segment, string)) []*node {
	groups := map[string][]*node{}
	var left []*node
	for _, n := range all {
		key, _, _ := kind(n)
		if key == "" {
			left = append(left, n)
			continue
		}
		groups[key] = append(groups[key], n)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		list := groups[key]
		if len(list) <= limit {
			left = append(left, list...)
			continue
		}
		_, s, what := kind(list[0])
		for _, n := range list {
			put(n, s, what)
		}
	}
	return left
}

// thinnable tells whether a node is a plain file that was only read, or changed
// where that is allowed, and what may be done with it. Folders are not, nor what is
// executed or mapped.
func thinnable(n *node, write bool) (perms, bool) {
	if len(n.children) > 0 || len(n.folders) > 0 || len(n.members) == 0 {
		return 0, false
	}
	var p perms
	for _, s := range n.members {
		p |= s.perms
		if s.device || len(s.targets) > 0 {
			return 0, false
		}
	}
	return p, p&(permMap|permExec) == 0 && (write || p&permWrite == 0)
}

// numbered writes a name whose first word is of a class; the rest stays.
func numbered(n *node, stem func(string) (class, bool)) (string, segment, string) {
	w := words(n.name)
	if len(w) == 0 || sensitiveName(n.name) || n.fixed() {
		return "", nil, ""
	}
	c, ok := stem(w[0].text)
	if !ok {
		return "", nil, ""
	}
	out := segment{{class: c}}
	for _, x := range w[1:] {
		out = append(out, piece{text: x.text})
	}
	out = out.tidy()
	return out.rule(), out, "one of many numbered names"
}

// hexShapes returns the lengths of hexadecimal names among siblings: those of which
// some have letters and some digits.
func hexShapes(all []*node) map[int]bool {
	letters, numbers := map[int]bool{}, map[int]bool{}
	for _, n := range all {
		w := words(n.name)
		if len(w) == 0 || len(w[0].text) > longest || !setHex.holds(w[0].text) {
			continue
		}
		stem := w[0].text
		numbers[len(stem)] = numbers[len(stem)] || strings.ContainsAny(stem, "0123456789")
		letters[len(stem)] = letters[len(stem)] || strings.ContainsAny(stem, "abcdef")
	}
	for n := range letters {
		letters[n] = letters[n] && numbers[n]
	}
	return letters
}
