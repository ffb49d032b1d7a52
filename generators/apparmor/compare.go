package apparmor

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// compareRuns unites siblings that were not seen in all runs and that differ only
// where their names look made by a machine: numbers, and equally long stretches of
// random letters and digits. Two runs that differ in a word did different things;
// both words stay. It returns the nodes that were left alone.
func (g *generator) compareRuns(all []*node, spelled string, put func(*node, segment, string)) []*node {
	if g.runs < 2 || sensitiveFolder(spelled) || spelled == "/proc" {
		return all
	}
	// Letters with a number after them are a word and its number before they are
	// taken for random: "worker12".
	for _, cut := range []func(string) []word{wordsAndNumbers, words} {
		all = g.compareBy(cut, all, put)
	}
	return all
}

func (g *generator) compareBy(cut func(string) []word, all []*node, put func(*node, segment, string)) []*node {
	groups := map[string][]*node{}
	var left []*node
	for _, c := range all {
		key := skeleton(cut(c.name))
		if key == "" || sensitiveName(c.name) || c.stable(g.runs) || c.fixed() {
			left = append(left, c)
			continue
		}
		groups[key] = append(groups[key], c)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		list := groups[key]
		if len(list) < 2 {
			left = append(left, list...)
			continue
		}
		cuts := make([][]word, len(list))
		for i, c := range list {
			cuts[i] = cut(c.name)
		}
		s := common(cuts)
		for _, c := range list {
			put(c, s, "what differs between runs")
		}
	}
	return left
}

// absorb moves siblings that a generalised name stands for anyway to it, unless they
// were seen in every run: a random name may look like a word by chance.
func (g *generator) absorb(all []*node, spelled string, merged map[string]*node) []*node {
	if len(merged) == 0 || sensitiveFolder(spelled) {
		return all
	}
	keys := slices.Sorted(maps.Keys(merged))
	matchers := make([]*regexp.Regexp, len(keys))
	for i, key := range keys {
		matchers[i] = pattern{segments: []segment{merged[key].segment}}.matcher()
	}
	return slices.DeleteFunc(all, func(c *node) bool {
		if sensitiveName(c.name) || c.stable(g.runs) || c.fixed() {
			return false
		}
		i := slices.IndexFunc(matchers, func(m *regexp.Regexp) bool { return m.MatchString("/" + c.name) })
		if i < 0 {
			return false
		}
		merged[keys[i]].unite(c)
		return true
	})
}

// word is a stretch of letters and digits, or of what stands between such.
type word struct {
	text string
	kind wordKind
}

type wordKind byte

const (
	wordText   wordKind = 't'
	wordNumber wordKind = 'n'
	wordRandom wordKind = 'r'
)

// words cuts a name where letters and digits meet other signs.
func words(name string) []word {
	var out []word
	for name != "" {
		first := alphanumeric(name[0])
		i := 1
		for i < len(name) && alphanumeric(name[i]) == first {
			i++
		}
		w := word{name[:i], wordText}
		switch {
		case !first || i > longest:
		case setDigit.holds(w.text):
			if i <= longDigits {
				w.kind = wordNumber
			}
		case i >= 6 && looksMachineMade(w.text):
			w.kind = wordRandom
		}
		out = append(out, w)
		name = name[i:]
	}
	return out
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// wordsAndNumbers cuts also between letters and the digits that end them.
func wordsAndNumbers(name string) []word {
	var out []word
	for _, w := range words(name) {
		stem := strings.TrimRight(w.text, "0123456789")
		digits := w.text[len(stem):]
		if stem == "" || digits == "" || len(digits) > longDigits || strings.ContainsAny(stem, "0123456789") || !alphanumeric(w.text[0]) {
			out = append(out, w)
			continue
		}
		out = append(out, word{stem, wordText}, word{digits, wordNumber})
	}
	return out
}

// looksMachineMade is weaker than looksRandom: that runs differ is evidence too.
func looksMachineMade(s string) bool { return strings.ContainsAny(s, "0123456789") || mixed(s) }

// skeleton is what names must share to be of one kind; "" when all of a name is text.
func skeleton(name []word) string {
	var b strings.Builder
	machine := false
	for _, w := range name {
		b.WriteByte(byte(w.kind))
		switch w.kind {
		case wordText:
			b.WriteString(w.text)
		case wordRandom:
			b.WriteByte(byte(len(w.text)))
			machine = true
		case wordNumber:
			machine = true
		}
		b.WriteByte(0)
	}
	if !machine {
		return ""
	}
	return b.String()
}

// common writes names of one skeleton as a segment. What is the same in all stays.
func common(names [][]word) segment {
	var out segment
	for at, w := range names[0] {
		column := make([]string, len(names))
		for i := range names {
			column[i] = names[i][at].text
		}
		column = distinct(column)
		switch {
		case len(column) == 1:
			out = append(out, piece{text: w.text})
		case w.kind == wordNumber:
			out = append(out, piece{class: number(longestOf(column))})
		default:
			out = append(out, random(column)...)
		}
	}
	return out.tidy()
}

func longestOf(list []string) int {
	n := 0
	for _, s := range list {
		n = max(n, len(s))
	}
	return n
}

func distinct(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// usual are lengths that random parts have: mkstemp, tempfile, hashes.
var usual = []int{6, 8, 10, 12, 16, 20, 24, 32, 40, 56, 64, 96, 128}

// random writes equally long words: a stable beginning of at least three letters and
// a class. A longer common beginning may be chance: the usual length decides.
func random(column []string) segment {
	n := len(column[0])
	same := len(column[0])
	for _, s := range column[1:] {
		i := 0
		for i < same && s[i] == column[0][i] {
			i++
		}
		same = i
	}
	head := 0
	for i := same; i >= 3; i-- {
		if slices.Contains(usual, n-i) {
			head = i
			break
		}
	}
	if slices.Contains(usual, n) && head < 4 {
		head = 0
	}
	if strings.ContainsAny(column[0][:head], "0123456789") {
		head = 0 // chance
	}
	rest := make([]string, len(column))
	for i, s := range column {
		rest[i] = s[head:]
	}
	joined := strings.Join(rest, "")
	for _, s := range sets[1:] {
		if s.holds(joined) {
			return segment{{text: column[0][:head]}, {class: fixed(s, n-head)}}
		}
	}
	return segment{{text: column[0][:head]}, {class: fixed(setRandom, n-head)}}
}
