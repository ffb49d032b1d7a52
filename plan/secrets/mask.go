package secrets

import (
	"cmp"
	"slices"
	"strings"

	"batten/plan"
)

// masked stands where a value was. Its length says nothing.
const masked = "‹redacted›"

// shortest is the length from which on a value is masked inside of words.
const shortest = 4

// Values are all values that a set knows, with those that a default hides, and
// in the spelling of a compose file where that differs.
func Values(s *Set) []plan.Sensitive {
	have := map[string]bool{}
	var out []plan.Sensitive
	add := func(v string) {
		if v != "" && !have[v] {
			have[v] = true
			out = append(out, plan.NewSensitive(v))
		}
	}
	for _, secret := range s.Secrets {
		v := secret.Value.Reveal()
		for _, one := range spellings(v) {
			add(one)
		}
	}
	for _, v := range s.literal {
		for _, one := range spellings(v.Reveal()) {
			add(one)
		}
	}
	return out
}

// Masker hides values in text that is shown.
type Masker struct {
	byStart [256][]hidden
	lines   map[string]string // of the files, with what is shown for them
}

// hidden is one value, or one line of it. A word that is used for other things, too,
// is hidden only where it stands as a credential: else the name of an image would go,
// and say by that what the password is.
type hidden struct {
	value string
	word  bool
}

// NewMasker makes a masker. A value of several lines is masked line by line, too,
// because a difference parts it.
func NewMasker(values []plan.Sensitive) *Masker {
	var all []string
	for _, v := range values {
		lines := strings.FieldsFunc(v.Reveal(), func(r rune) bool { return r == '\n' || r == '\r' })
		for _, line := range lines {
			if line = strings.TrimSpace(line); line != "" {
				all = append(all, line)
			}
		}
		if len(lines) > 1 {
			all = append(all, v.Reveal())
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	m := &Masker{}
	for _, v := range slices.Compact(all) {
		m.byStart[v[0]] = append(m.byStart[v[0]], hidden{v, plainWord(v)})
	}
	return m
}

// Mask puts a mark in place of every value in a text, longest first.
func (m *Masker) Mask(text string) string {
	if len(m.lines) == 0 {
		return m.inText(text)
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(m.line(line))
	}
	return b.String()
}

func (m *Masker) inText(text string) string {
	var b strings.Builder
	kept := 0 // up to here, text is in b
	for i := 0; i < len(text); {
		n := m.at(text, i)
		if n == 0 {
			i++
			continue
		}
		b.WriteString(text[kept:i])
		b.WriteString(masked)
		i += n
		kept = i
	}
	if kept == 0 {
		return text
	}
	b.WriteString(text[kept:])
	return b.String()
}

// at is the length of the value that is to be hidden at a place, 0 for none.
func (m *Masker) at(text string, i int) int {
	for _, h := range m.byStart[text[i]] {
		if !strings.HasPrefix(text[i:], h.value) {
			continue
		}
		end := i + len(h.value)
		if !h.word || standsAlone(text, i, end) && asCredential(text, i, end) || behindFlag(text, i, end) {
			return len(h.value)
		}
	}
	return 0
}

// Mask is [Masker.Mask] for one text.
func Mask(values []plan.Sensitive, text string) string { return NewMasker(values).Mask(text) }

// longWord is the length from which on a word is no longer taken for one that stands
// for other things as well.
const longWord = 16

// plainWord tells whether a value may well be a word of the file besides: letters
// alone, with hyphens at most, or very short.
func plainWord(v string) bool {
	if len(v) < shortest {
		return true
	}
	if len(v) >= longWord {
		return false
	}
	for i := range len(v) {
		if !isLetter(v[i]) && v[i] != '-' && v[i] != '_' {
			return false
		}
	}
	return true
}

// credentialWords are parts of names before a credential.
var credentialWords = []string{"pass", "pwd", "secret", "token", "key", "cred", "auth", "salt", "dsn"}

// asCredential tells whether a word stands where a credential does: behind a name of
// one, or before the host of an address.
func asCredential(text string, start, end int) bool {
	if end < len(text) && text[end] == '@' {
		return true
	}
	before := strings.TrimRight(text[:start], " \t:=-?+'\"$[{,")
	at := len(before)
	for at > 0 && (wordByte(before[at-1]) || before[at-1] == '.') {
		at--
	}
	name := strings.ToLower(before[at:])
	if name == "-a" || name == "-p" || strings.HasSuffix(before[:at], "${") && strings.IndexByte(":-=?+", text[len(before)]) >= 0 {
		return true // behind a flag, or the default of a variable
	}
	return slices.ContainsFunc(credentialWords, func(w string) bool { return strings.Contains(name, w) })
}

// behindFlag tells whether a word stands right behind -p.
func behindFlag(text string, start, end int) bool {
	return start >= 2 && (text[start-2:start] == "-p" || text[start-2:start] == "-P") && (start == 2 || !wordByte(text[start-3])) &&
		(end == len(text) || !wordByte(text[end]))
}

func standsAlone(text string, start, end int) bool {
	return (start == 0 || !wordByte(text[start-1]) || text[start-1] == '-') && (end == len(text) || !wordByte(text[end]))
}

func wordByte(c byte) bool { return c == '_' || c == '-' || c >= 0x80 || isLetter(c) || isDigit(c) }
