package report

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// fixesOf are the edits behind each finding, by its ID. Where one edit serves
// several findings its fix says so.
func fixesOf(in SarifInput) map[string]sarifFix {
	out := map[string]sarifFix{}
	with := map[string][]string{}
	withheld := map[string]bool{}
	for _, file := range in.Files {
		at := in.file(file.Name)
		for id, edits := range editsByFinding(file) {
			change := sarifChange{Artifact: at}
			for _, e := range edits {
				with[id] = union(with[id], e.findings)
				r := sarifReplacement{Deleted: e.deleted}
				if e.text != "" {
					r.Inserted = &sarifContent{Text: e.text}
				}
				// A secret in what stays, or what is no text, cannot be handed on whole.
				if in.Mask(e.text) != e.text || !utf8.ValidString(e.text) {
					withheld[id] = true
				}
				change.Replacements = append(change.Replacements, r)
			}
			fix := out[id]
			fix.Changes = append(fix.Changes, change)
			out[id] = fix
		}
	}
	for id, fix := range out {
		if withheld[id] {
			delete(out, id)
			continue
		}
		if others := without(with[id], id); len(others) > 0 {
			fix.Description.Text = " (the same lines serve " + in.message(strings.Join(others, ", ")) + ")"
		}
		out[id] = fix
	}
	return out
}

func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })
}

// edit is a replacement in a file.
type edit struct {
	deleted  sarifRegion
	text     string
	findings []string
}

// editsByFinding gives each finding the edits that it needs.
func editsByFinding(f SarifFile) map[string][]edit {
	old, new := splitLines(f.Before), splitLines(f.After)
	why := indexReasons(f.Why)
	out := map[string][]edit{}
	for _, b := range blocks(old, new) {
		deleted := regionOf(old, b)
		type part struct {
			text     string
			findings []string
		}
		parts := map[string]part{}
		var ids []string
		for _, p := range pieces(new, b, why) {
			findings := why.of(p)
			for _, id := range findings {
				if _, ok := parts[id]; !ok {
					ids = append(ids, id)
				}
				sofar := parts[id]
				parts[id] = part{sofar.text + strings.Join(new[p.newFrom:p.newTo], ""), union(sofar.findings, findings)}
			}
		}
		for _, id := range ids {
			out[id] = append(out[id], edit{deleted, parts[id].text, parts[id].findings})
		}
	}
	return out
}

// pieces divides lines that are only added where that leaves whole keys: before a
// key of the least indentation, when nothing that the lines on its two sides are for
// is the same. Everything else stays whole.
func pieces(new []string, b block, why reasons) []block {
	if b.oldTo > b.oldFrom {
		return []block{b}
	}
	least := -1
	for _, line := range new[b.newFrom:b.newTo] {
		if n, ok := indent(line); ok && (least < 0 || n < least) {
			least = n
		}
	}
	var out []block
	from := b.newFrom
	for i := b.newFrom + 1; i < b.newTo; i++ {
		n, ok := indent(new[i])
		if !ok || n != least || strings.HasPrefix(strings.TrimSpace(new[i]), "-") {
			continue
		}
		left := why.of(block{b.oldFrom, b.oldFrom, from, i})
		right := why.of(block{b.oldFrom, b.oldFrom, i, b.newTo})
		if len(left) == 0 || len(right) == 0 || slices.ContainsFunc(left, func(id string) bool { return slices.Contains(right, id) }) {
			continue
		}
		out = append(out, block{b.oldFrom, b.oldTo, from, i})
		from = i
	}
	return append(out, block{b.oldFrom, b.oldTo, from, b.newTo})
}

// indent is how far a line's text is from the edge; not of empty lines and comments.
func indent(line string) (int, bool) {
	text := strings.TrimLeft(line, " ")
	if strings.TrimSpace(text) == "" || text[0] == '#' {
		return 0, false
	}
	return len(line) - len(text), true
}

// regionOf is where the old lines of a block stand: whole lines, with their ends.
func regionOf(old []string, b block) sarifRegion {
	r := sarifRegion{StartLine: b.oldFrom + 1, StartColumn: 1, EndLine: b.oldTo + 1, EndColumn: 1}
	if b.oldTo > b.oldFrom && b.oldTo == len(old) && !strings.HasSuffix(old[b.oldTo-1], "\n") {
		r.EndLine, r.EndColumn = b.oldTo, utf8.RuneCountInString(old[b.oldTo-1])+1
	}
	return r
}
