package compose

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"batten/plan"
)

// errOverlap means that two edits want the same bytes.
var errOverlap = errors.New("edits overlap")

// edit puts text in place of the bytes from start to end.
type edit struct {
	start, end int
	pieces     []piece
	by         []int // of what it takes away
}

// piece is text with the decisions behind it.
type piece struct {
	text string
	by   []int
}

// reason is which decisions are behind a line of the result.
type reason struct {
	line int
	by   []int
	gone bool // the line before which something was taken away
}

// assemble makes edits. Insertions at one place keep their order, and come before
// what is taken away there.
func assemble(data []byte, edits []edit) ([]byte, []reason, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), compareBool(a.end > a.start, b.end > b.start))
	})
	var out bytes.Buffer
	out.Grow(len(data) + 256)
	var why []reason
	at, newLine := 0, 1
	copyTo := func(end int) {
		newLine += breaks(data[at:end])
		out.Write(data[at:end])
		at = end
	}
	for _, e := range edits {
		if e.start < at || e.end < e.start || e.end > len(data) {
			return nil, nil, errOverlap
		}
		copyTo(e.start)
		wrote := false
		if e.end > e.start && !lineBegins(data, e.start) {
			// The line that it begins on loses text, or changes it.
			why = append(why, reason{line: newLine, by: e.by})
			wrote = true
		}
		for _, p := range e.pieces {
			body := strings.Trim(p.text, "\r\n")
			if body != "" {
				lead := len(p.text) - len(strings.TrimLeft(p.text, "\r\n"))
				first := newLine + breaks([]byte(p.text[:lead]))
				for n := range breaks([]byte(body)) + 1 {
					why = append(why, reason{line: first + n, by: p.by})
				}
				wrote = true
			}
			newLine += breaks([]byte(p.text))
			out.WriteString(p.text)
		}
		if !wrote && e.end > e.start {
			// Whole lines are gone, or the text before what is left of one.
			why = append(why, reason{line: newLine, by: e.by, gone: breakBefore(data, e.end) || e.end == len(data)})
		}
		at = e.end
	}
	copyTo(len(data))
	return out.Bytes(), why, nil
}

func lineBegins(data []byte, at int) bool {
	return at == 0 || at == len(mark) && bytes.HasPrefix(data, []byte(mark)) || breakBefore(data, at)
}

func breakBefore(data []byte, at int) bool {
	return at > 0 && at <= len(data) && (data[at-1] == '\n' || data[at-1] == '\r')
}

// breaks counts line ends as people see them.
func breaks(b []byte) int {
	n := bytes.Count(b, []byte("\n"))
	for i, c := range b {
		if c == '\r' && (i+1 >= len(b) || b[i+1] != '\n') {
			n++
		}
	}
	return n
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// lineReasons turns reasons into those of an artifact: neighbours of one cause are one.
func lineReasons(why []reason, ids []string) []plan.LineReason {
	var out []plan.LineReason
	for _, r := range why {
		var names []string
		for _, by := range r.by {
			names = append(names, ids[by])
		}
		slices.Sort(names)
		one := plan.LineReason{First: r.line, Last: r.line, Findings: slices.Compact(names)}
		if r.gone {
			one.Last--
		}
		if n := len(out); n > 0 {
			last := &out[n-1]
			switch {
			case last.First == one.First && last.Last == one.Last:
				last.Findings = append(last.Findings, one.Findings...)
				slices.Sort(last.Findings)
				last.Findings = slices.Compact(last.Findings)
				continue
			case !r.gone && last.Last >= last.First && last.Last+1 == one.First && slices.Equal(last.Findings, one.Findings):
				last.Last = one.Last
				continue
			}
		}
		out = append(out, one)
	}
	return out
}

// restored takes the edits out of a result again: what they took away comes from the
// source, everything else from the result itself.
func restored(result []byte, edits []edit, source []byte) []byte {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), compareBool(a.end > a.start, b.end > b.start))
	})
	out := make([]byte, 0, len(source))
	at, shift := 0, 0 // in the result; how far it is ahead of the source
	for _, e := range edits {
		start := min(max(e.start+shift, at), len(result))
		out = append(out, result[at:start]...)
		added := 0
		for _, p := range e.pieces {
			added += len(p.text)
		}
		out = append(out, source[e.start:e.end]...)
		shift += added - (e.end - e.start)
		at = min(start+added, len(result))
	}
	return append(out, result[at:]...)
}
