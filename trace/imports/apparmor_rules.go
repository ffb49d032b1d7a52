package imports

import (
	"strings"

	"batten/profiles"
)

// permissions reads the letters of a file rule: "rwk", "mr", "Pix", "cx".
func permissions(word string) ([]profiles.Access, bool) {
	var out []profiles.Access
	if word == "" {
		return nil, false
	}
	for i, c := range word {
		switch c {
		case 'r', 'w', 'a', 'm', 'k', 'l', 'x':
			out = append(out, letters[c])
		case 'i', 'p', 'P', 'c', 'C', 'u', 'U': // how a program is entered; the x follows
			if !strings.ContainsRune(word[i:], 'x') {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return out, true
}

// fileRule reads NAME PERMISSIONS [-> WHERE].
func (p *policy) fileRule(words []token) error {
	if len(words) < 2 {
		return p.fail("a rule for %q without permissions", short(words[0].text))
	}
	access, ok := permissions(words[1].text)
	switch {
	case !ok || words[1].quoted:
		return p.fail("%q are no permissions of a file", short(words[1].text))
	case len(words) > 2 && (words[2].text != "->" || len(words) != 4):
		return p.fail("a rule for %q with more than its permissions", short(words[0].text))
	case words[0].pattern:
		p.rows.notes.add("what wildcards and variables stand for was not recorded: %s %s", words[0].text, words[1].text)
	case !p.rows.file(words[0].text, nil, access...):
		p.rows.notes.add("no clean, absolute name: %s", words[0].text)
	}
	return nil
}

// linkRule reads [subset] NEW -> OLD.
func (p *policy) linkRule(words []token) error {
	if len(words) > 0 && words[0].text == "subset" && !words[0].quoted {
		words = words[1:]
	}
	if len(words) != 3 || words[1].text != "->" {
		return p.fail("a link rule names the new and the old name")
	}
	if words[0].pattern || words[2].pattern || !usable(words[2].text) || !p.rows.file(words[0].text, nil, profiles.AccessLink) {
		p.rows.notes.add("a link that is no pair of literal names is left out: %s", joinWords(words))
		return nil
	}
	if f := p.rows.files[words[0].text]; f != nil {
		f.Target = words[2].text
	}
	return nil
}

func (p *policy) capabilityRule(words []token) error {
	if len(words) == 0 {
		p.rows.notes.add("a rule for all capabilities is left out")
	}
	for _, w := range words {
		if !p.rows.capability(w.text, true, nil) {
			p.rows.notes.add("capability %s is not known", w.text)
		}
	}
	return nil
}

// conditions of a rule are words and KEY=VALUE or KEY=(VALUE VALUE).
func conditionsOf(words []token) (plain []string, keys map[string][]string, pattern bool) {
	keys = map[string][]string{}
	for _, w := range words {
		key, value, ok := strings.Cut(w.text, "=")
		if !ok {
			plain = append(plain, listOf(w.text)...)
			continue
		}
		pattern = pattern || w.pattern
		keys[key] = append(keys[key], listOf(value)...)
	}
	return plain, keys, pattern
}

// listOf reads a word, or words in parentheses.
func listOf(text string) []string {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "("), ")")
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// peerOf is "" for processes under the profile itself.
func (p *policy) peerOf(keys map[string][]string) string {
	for _, peer := range keys["peer"] {
		if peer == p.name || peer == "@{profile_name}" || strings.HasPrefix(peer, p.name+"//") {
			return ""
		}
	}
	return profiles.Outside
}

func hasOne(words []string, of ...string) bool {
	for _, w := range words {
		for _, o := range of {
			if w == o {
				return true
			}
		}
	}
	return false
}

func (p *policy) signalRule(words []token) error {
	plain, keys, _ := conditionsOf(words)
	if len(plain) > 0 && !hasOne(plain, "send", "w", "rw") {
		return nil // the other side's: it says nothing about what the service does
	}
	if len(keys["set"]) == 0 {
		p.rows.notes.add("a rule for all signals is left out: signal %s", joinWords(words))
	}
	for _, s := range keys["set"] {
		if name, ok := signalName(s); ok {
			p.rows.contact(profiles.Contact{Kind: profiles.ContactSignal, Signal: name, Peer: p.peerOf(keys)}, nil)
		} else {
			p.rows.notes.add("signal %s is not known", s)
		}
	}
	return nil
}

func (p *policy) ptraceRule(words []token) error {
	plain, keys, _ := conditionsOf(words)
	if hasOne(plain, "trace", "read", "w", "r", "rw") || len(plain) == 0 {
		p.rows.contact(profiles.Contact{Kind: profiles.ContactPtrace, Peer: p.peerOf(keys)}, nil)
	}
	return nil
}

// mountRule reads [fstype=…] [options=…] [SOURCE] [-> WHERE].
func (p *policy) mountRule(words []token) error {
	m := profiles.Mount{Operation: "mount"}
	literal := true
	for i := 0; i < len(words); i++ {
		w := words[i]
		key, value, isKey := strings.Cut(w.text, "=")
		switch {
		case w.text == "->" && !w.quoted && i+1 < len(words):
			i++
			m.Path, literal = strings.TrimSuffix(words[i].text, "/"), literal && !words[i].pattern
		case isKey && !w.quoted && (key == "fstype" || key == "vfstype"):
			list := listOf(value)
			literal = literal && len(list) == 1 && !w.pattern
			m.Type = strings.Join(list, ",")
		case isKey && !w.quoted && key == "options" || w.text == "options" || w.text == "in":
			for _, o := range listOf(value) {
				if o == "bind" || o == "rbind" {
					m.Operation = "bind"
				} else if len(m.Options) < 32 {
					m.Options = append(m.Options, clip(o))
				}
			}
		case strings.HasPrefix(w.text, "("):
			for _, o := range listOf(w.text) {
				if len(m.Options) < 32 {
					m.Options = append(m.Options, clip(o))
				}
			}
		default:
			m.Source, literal = w.text, literal && !w.pattern
		}
	}
	if !literal || !usable(m.Path) || len(m.Type) > 200 || len(m.Source) > 4095 || !usableText(m.Source) {
		p.rows.notes.add("a mount that is not literal is left out: mount %s", joinWords(words))
		return nil
	}
	p.rows.mount(m)
	return nil
}
