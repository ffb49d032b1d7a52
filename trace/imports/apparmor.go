package imports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"batten/profiles"
)

// Bounds of one AppArmor profile.
const (
	maxProfileBytes = 4 << 20
	maxNested       = 8
	maxTokens       = 200 // of one rule
)

// AppArmor reads an AppArmor profile, with its children: what it allows was needed.
// Literal names become rows; what has wildcards, variables or alternations stands for
// names that nobody recorded, and is noted. So is what is included from other files,
// and what is denied. The service is that of the profile's name where batten gave it.
func AppArmor(r io.Reader, o Options) (profiles.Recording, []string, error) {
	rec, notes, err := readAppArmor(r, o)
	if err != nil {
		return profiles.Recording{}, nil, fmt.Errorf("read AppArmor profile: %w", err)
	}
	return rec, notes, nil
}

func readAppArmor(r io.Reader, o Options) (profiles.Recording, []string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxProfileBytes+1))
	if err != nil {
		return profiles.Recording{}, nil, err
	}
	if len(data) > maxProfileBytes {
		return profiles.Recording{}, nil, fmt.Errorf("%w: more than %d MiB", ErrTooLarge, maxProfileBytes>>20)
	}
	p := &policy{lexer: lexer{text: string(data), line: 1}, rows: newRows()}
	if err := p.block(0); err != nil {
		return profiles.Recording{}, nil, err
	}
	switch {
	case p.name == "":
		return profiles.Recording{}, nil, fmt.Errorf("%w: no profile begins in it", ErrFormat)
	case p.rows.empty():
		return profiles.Recording{}, nil, fmt.Errorf("%w: the profile %q has no rule that can be taken over", ErrFormat, short(p.name))
	}
	rec := p.rows.recording("import/apparmor-profile", o)
	rec.Service = called(rec.Service, p.name)
	return rec, p.rows.notes.texts(), nil
}

// policy is the state while a profile is read.
type policy struct {
	lexer
	rows *rows
	name string // of the first profile
}

// block reads rules and profiles until the brace that closes them, or the end.
func (p *policy) block(depth int) error {
	if depth > maxNested {
		return p.fail("profiles are nested too deeply")
	}
	var rule []token
	for {
		t, ok, err := p.next()
		switch {
		case err != nil:
			return err
		case !ok && (depth > 0 || len(rule) > 0):
			return p.fail("it ends inside of a profile or rule")
		case !ok:
			return nil
		}
		mark := ""
		if !t.quoted {
			mark = t.text
		}
		switch {
		case mark == "}":
			if depth == 0 || len(rule) > 0 {
				return p.fail("a brace closes nothing, or a rule does not end")
			}
			return nil
		case mark == "{":
			if err := p.open(rule, depth); err != nil {
				return err
			}
			rule = nil
		case mark == ",":
			if depth == 0 && !(len(rule) > 0 && rule[0].text == "abi") {
				return p.fail("a rule outside of a profile")
			}
			if err := p.rule(rule); err != nil {
				return err
			}
			rule = nil
		case mark == "#include" || mark == "include" && len(rule) == 0:
			if err := p.include(); err != nil {
				return err
			}
		case depth == 0 && len(rule) == 0 && strings.HasPrefix(mark, "@{"):
			p.skipLine() // a variable: what uses it is a pattern
		default:
			if rule = append(rule, t); len(rule) > maxTokens {
				return p.fail("a rule with more than %d words", maxTokens)
			}
		}
	}
}

// open begins a profile or a hat. The words before the brace are its head.
func (p *policy) open(head []token, depth int) error {
	if len(head) == 0 {
		return p.fail("a block without a name")
	}
	switch first := head[0]; {
	case first.quoted:
	case first.text == "if", first.text == "else":
		p.rows.notes.add("conditions are not judged: the rules of both sides are taken over")
		return p.block(depth + 1)
	case first.text == "profile" || first.text == "hat":
		if head = head[1:]; len(head) == 0 {
			return p.fail("a profile without a name")
		}
	case !strings.HasPrefix(first.text, "/") && !strings.HasPrefix(first.text, "^") && !first.pattern:
		return p.fail("a block that is no profile: %q", short(first.text))
	}
	if p.name == "" {
		p.name = head[0].text
	} else if depth == 0 {
		p.rows.notes.add("it holds several profiles: all are taken over, as %s", p.name)
	}
	return p.block(depth + 1)
}

// include passes over a file that is not followed: its name is <a>, "a" or a path.
func (p *policy) include() error {
	line := p.skipLine()
	name := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "if exists"))
	if name == "" {
		return p.fail("an include without a name")
	}
	p.rows.notes.add("what is included is not followed: %s", strings.TrimSuffix(name, ","))
	return nil
}

// skipLine passes over the rest of the line and returns it.
func (p *policy) skipLine() string {
	rest := p.text[p.at:]
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

// qualifiers stand before a rule. deny takes it away.
var qualifiers = []string{"audit", "allow", "deny", "owner", "other", "quiet", "prompt", "kill"}

func (p *policy) rule(words []token) error {
	denied := false
	for len(words) > 0 && !words[0].quoted && (slices.Contains(qualifiers, words[0].text) || strings.HasPrefix(words[0].text, "priority=")) {
		switch words[0].text {
		case "deny":
			denied = true
		case "owner":
			p.rows.notes.add("that a rule is for the owner of a file alone is not kept")
		}
		words = words[1:]
	}
	switch {
	case len(words) == 0:
		return p.fail("a rule without content")
	case denied:
		p.rows.notes.add("what is denied is left out: %s", joinWords(words))
		return nil
	case words[0].quoted || strings.HasPrefix(words[0].text, "/") || words[0].pattern:
		return p.fileRule(words)
	}
	keyword, rest := words[0].text, words[1:]
	if read, ok := p.keywords()[keyword]; ok {
		return read(rest)
	}
	if _, ok := permissions(keyword); ok && len(rest) > 0 { // the permissions before the name
		return p.fileRule(slices.Concat(rest[:1], words[:1], rest[1:]))
	}
	return p.fail("a rule that is not known: %q", short(keyword))
}

func (p *policy) keywords() map[string]func([]token) error {
	left := func(what string) func([]token) error {
		return func(words []token) error {
			p.rows.notes.add("rules of this kind are left out: %s %s", what, joinWords(words))
			return nil
		}
	}
	return map[string]func([]token) error{
		"file": func(words []token) error {
			if len(words) < 2 {
				p.rows.notes.add("a rule for all files is left out: file %s", joinWords(words))
				return nil
			}
			return p.rule(words)
		},
		"link": p.linkRule, "capability": p.capabilityRule, "signal": p.signalRule, "ptrace": p.ptraceRule,
		"mount": p.mountRule, "remount": left("remount"), "umount": left("umount"), "unmount": left("umount"), "pivot_root": left("pivot_root"),
		"network": left("network"), "unix": left("unix"), "dbus": left("dbus"), "change_profile": left("change_profile"),
		"change_hat": left("change_hat"), "rlimit": left("rlimit"), "set": left("set"), "mqueue": left("mqueue"), "io_uring": left("io_uring"),
		"userns": left("userns"), "all": left("all"), "abi": func([]token) error { return nil },
	}
}

func joinWords(words []token) string {
	var out []string
	for _, w := range words {
		out = append(out, w.text)
	}
	return strings.Join(out, " ")
}
