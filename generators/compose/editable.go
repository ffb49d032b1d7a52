package compose

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// Reasons why a file is not edited at all.
var (
	errTagged    = errors.New("its top carries a tag")
	errEncoding  = errors.New("it is not written in UTF-8")
	errDocuments = errors.New("it holds several YAML documents")
	errDirective = errors.New("it begins with a YAML directive")
)

// editable tells whether positions in a file mean what the editor takes them for.
func editable(data []byte) error {
	if !utf8.Valid(data) || bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return errEncoding
	}
	content := false
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte(mark))) {
		trimmed := bytes.TrimSpace(line)
		switch {
		case bytes.HasPrefix(line, []byte("%")) && !content:
			return errDirective
		case isMarker(line, "---"):
			if content {
				return errDocuments
			}
			// A document may begin on the line of its marker.
			content = content || len(trimmed) > len("---")
		case len(trimmed) > 0 && trimmed[0] != '#':
			content = true
		}
	}
	return nil
}

// isMarker tells a line that begins or ends a document.
func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}
