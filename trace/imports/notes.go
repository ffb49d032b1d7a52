package imports

import (
	"fmt"
	"strconv"
)

// maxNotes bounds the notes of one import.
const maxNotes = 40

// notes are what could not be taken over, each once, fit for a line of text.
type notes struct {
	list []string
	seen map[string]bool
	more int
}

func newNotes() *notes { return &notes{seen: map[string]bool{}} }

// add notes something; arguments that are text of the file's are quoted by %s.
func (n *notes) add(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			q := strconv.QuoteToASCII(s[:min(len(s), 120)])
			args[i] = q[1 : len(q)-1]
		}
	}
	text := fmt.Sprintf(format, args...)
	if n.seen[text] {
		return
	}
	if len(n.list) == maxNotes {
		n.more++
		return
	}
	n.seen[text] = true
	n.list = append(n.list, text)
}

func (n *notes) texts() []string {
	if n.more > 0 {
		return append(n.list[:len(n.list):len(n.list)], fmt.Sprintf("and %d more that could not be taken over", n.more))
	}
	return n.list
}
