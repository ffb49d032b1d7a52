package compose

import (
	"bytes"
)

// maxMarshal bounds a tree that is written out without its anchors.
const maxMarshal = 64 << 20

// marshal writes a tree as YAML of the plainest form: braces, quoted strings. It has
// no code in common with the editor but the quoting of strings.
func marshal(v *value) ([]byte, error) {
	m := &marshaller{}
	m.value(v)
	if m.tooLong {
		return nil, errSize
	}
	return append(m.out.Bytes(), '\n'), nil
}

type marshaller struct {
	out     bytes.Buffer
	tooLong bool
}

func (m *marshaller) value(v *value) {
	if m.out.Len() > maxMarshal {
		m.tooLong = true
	}
	if m.tooLong {
		return
	}
	switch v.kind {
	case taggedKind:
		m.out.WriteString(v.tag + " ")
		m.value(v.inner)
	case scalarKind:
		switch v.tag {
		case tagString:
			m.out.WriteString(quoted(v.text, true))
		case tagNull:
			m.out.WriteString("null")
		default:
			m.out.WriteString(v.raw)
		}
	case listKind:
		m.out.WriteByte('[')
		for i, it := range v.items {
			m.next(i)
			m.value(it.v)
		}
		m.out.WriteByte(']')
	default:
		m.out.WriteByte('{')
		for i, e := range v.keys {
			m.next(i)
			m.out.WriteString(quoted(e.key, true) + ": ")
			m.value(e.v)
		}
		m.out.WriteByte('}')
	}
}

// next separates by lines: no key is far from the start of its line, as YAML wants it.
func (m *marshaller) next(i int) {
	if i > 0 {
		m.out.WriteString(",\n")
	}
}
