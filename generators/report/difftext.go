package report

import (
	"bytes"
	"fmt"
)

// Text is hunks as a unified diff, as patch and git apply take it where nothing is
// masked in it. Hunks of several files follow each other.
func Text(hunks []Hunk) []byte {
	var b bytes.Buffer
	old, new := "", ""
	for i, h := range hunks {
		if i == 0 || h.Old != old || h.New != new {
			old, new = h.Old, h.New
			fmt.Fprintf(&b, "--- %s\n+++ %s\n", fileName(old), fileName(new))
		}
		fmt.Fprintf(&b, "@@ -%s +%s @@\n", span(h.OldStart, h.OldCount), span(h.NewStart, h.NewCount))
		for _, l := range h.Lines {
			b.WriteString(l.Kind)
			b.WriteString(l.Text)
			b.WriteByte('\n')
			if l.NoEnd {
				b.WriteString("\\ No newline at end of file\n")
			}
		}
	}
	return b.Bytes()
}

func span(start, count int) string {
	if count == 1 {
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}

// fileName quotes a name as git does when it holds what would end the line.
func fileName(name string) string {
	if safe := printable(name); safe != name {
		return fmt.Sprintf("%q", name)
	}
	return name
}
