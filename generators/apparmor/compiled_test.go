package apparmor

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"batten/internal/testenv/require"
)

// automaton is the compiled form of the file rules of one profile, matched as the
// kernel does (security/apparmor/match.c). It knows nothing of how rules are written.
type automaton struct {
	accept, base, def, next, check []uint32
	equal                          []uint32
}

// Permissions of the owner in the compiled form.
const (
	gotExec   = 0x01
	gotWrite  = 0x02
	gotRead   = 0x04
	gotAppend = 0x08
	gotLink   = 0x10
	gotLock   = 0x20
	gotMap    = 0x40
)

const dfaMagic = 0x1b5e783d

// compiled compiles a profile and returns the automata of its file rules: its own
// and then its children's. It skips the test where there is no parser.
func compiled(t testing.TB, text []byte) []*automaton {
	t.Helper()
	all, err := tryCompile(text)
	if errors.Is(err, ErrNoParser) {
		require.Missing(t, "vm", "apparmor_parser is not installed (scripts/setup.sh test installs it)")
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return all
}

func tryCompile(text []byte) ([]*automaton, error) {
	var out bytes.Buffer
	if _, err := compile(context.Background(), text, &out); err != nil {
		return nil, err
	}
	return automata(out.Bytes())
}

// automata finds the automata: each profile has one of its other rules, in the
// structure "policydb", and one of its files, both called "aadfa".
func automata(policy []byte) ([]*automaton, error) {
	var out []*automaton
	name := []byte("\x04\x06\x00aadfa\x00\x06") // a name of six bytes, then a blob
	policydb := []byte("policydb\x00")
	rest := policy
	for {
		i := bytes.Index(rest, name)
		if i < 0 {
			return out, nil
		}
		inside := bytes.Contains(rest[:i], policydb)
		rest = rest[i+len(name):]
		size := binary.LittleEndian.Uint32(rest)
		blob := rest[4 : 4+size]
		rest = rest[4+size:]
		start := bytes.Index(blob, binary.BigEndian.AppendUint32(nil, dfaMagic))
		if start < 0 {
			return nil, fmt.Errorf("no automaton in a blob of %d bytes", size)
		}
		if inside {
			continue // the rules that are not about files
		}
		a, err := readAutomaton(blob[start:])
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
}

func readAutomaton(b []byte) (*automaton, error) {
	a := &automaton{}
	tables := map[uint16]*[]uint32{1: &a.accept, 2: &a.base, 3: &a.check, 4: &a.def, 5: &a.equal, 7: new([]uint32), 8: &a.next}
	at := int(binary.BigEndian.Uint32(b[4:]))
	end := int(binary.BigEndian.Uint32(b[8:]))
	for at+12 <= end && at+12 <= len(b) {
		id, width := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+2:]))
		n := int(binary.BigEndian.Uint32(b[at+8:]))
		into := tables[id]
		if into == nil || at+12+n*width > len(b) {
			return nil, fmt.Errorf("table %d of %d elements of %d bytes", id, n, width)
		}
		for i := range n {
			x := b[at+12+i*width:]
			switch width {
			case 1:
				*into = append(*into, uint32(x[0]))
			case 2:
				*into = append(*into, uint32(binary.BigEndian.Uint16(x)))
			case 4:
				*into = append(*into, binary.BigEndian.Uint32(x))
			}
		}
		at = (at + 12 + n*width + 7) &^ 7
	}
	if len(a.base) == 0 || len(a.next) != len(a.check) {
		return nil, errors.New("automaton without states")
	}
	return a, nil
}

const diffEncoded = 0x80000000

// step is the kernel's match_char.
func (a *automaton) step(state uint32, c byte) uint32 {
	class := uint32(c)
	if len(a.equal) > 0 {
		class = a.equal[c]
	}
	for {
		base := a.base[state]
		at := base&0xffffff + class
		if int(at) < len(a.check) && a.check[at] == state {
			return a.next[at]
		}
		state = a.def[state]
		if base&diffEncoded == 0 {
			return state
		}
	}
}

// perms is what the owner of a file of this name may do.
func (a *automaton) perms(name string) uint32 {
	state := uint32(1)
	for i := range len(name) {
		state = a.step(state, name[i])
	}
	return a.accept[state] & 0x7f
}

// link tells whether a new name may be made of an old one.
func (a *automaton) link(name, target string) bool {
	return a.perms(name)&gotLink != 0 && a.perms(name+"\x00"+target)&gotLink != 0
}
