package compose

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"

	"batten/project"
)

// Ways in which a proof fails. They quote nothing of the files.
var (
	errReadBack = errors.New("the edited file does not read back as intended")
	errOutside  = errors.New("bytes outside of the edits changed")
	errLoad     = errors.New("the edited project does not load")
	errModel    = errors.New("the edited project loads to another model than the intended one")
	errSize     = errors.New("its aliases multiply it beyond what can be checked")
)

// prove makes the bytes of an attempt and shows that they say what is intended. While
// compose's reader is at them, which takes longest, they are read back.
func (g *generation) prove(ctx context.Context, a *attempt) error {
	changed := false
	for i, s := range g.in.Project.Sources {
		var err error
		if a.bytes[i], a.why[i], err = g.bytes(i, a.edits[i]); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		a.final[i] = a.bytes[i]
		changed = changed || len(a.edits[i]) > 0 && s.Role == project.RoleMain
		if len(a.twins.ops[i]) == 0 {
			continue
		}
		if a.final[i], a.why[i], err = g.bytes(i, a.renamed[i]); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	if g.in.Load == nil || !changed {
		return g.readBack(a)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	loaded := make(chan error, 1)
	go func() { loaded <- g.proveModel(ctx, a) }()
	err := g.readBack(a)
	if err != nil {
		cancel()
	}
	return cmp.Or(err, <-loaded)
}

// bytes are a source's new bytes, which differ from the old ones in the edits alone.
func (g *generation) bytes(i int, edits []edit) ([]byte, []reason, error) {
	data := g.in.Project.Sources[i].Data
	if len(edits) == 0 {
		return data, nil, nil
	}
	out, why, err := assemble(data, edits)
	if err != nil {
		return nil, nil, err
	}
	if !bytes.Equal(restored(out, edits, data), data) {
		return nil, nil, errOutside
	}
	return out, why, nil
}

// readBack parses all new bytes and compares them with what they are to say.
func (g *generation) readBack(a *attempt) error {
	for i, s := range g.in.Project.Sources {
		ok := g.says(i, a.bytes[i], a.edits[i], a.intended[i])
		if ok && len(a.twins.ops[i]) > 0 {
			ok = g.says(i, a.final[i], a.renamed[i], a.named[i])
		}
		if !ok {
			return fmt.Errorf("%s: %w", s.Name, errReadBack)
		}
	}
	return nil
}

// says tells whether a source's bytes, parsed, are what is intended.
func (g *generation) says(i int, data []byte, edits []edit, intended *value) bool {
	if len(edits) == 0 {
		return equal(g.files.trees[i], intended)
	}
	root, err := project.ParseSource(data)
	if err != nil || editable(data) != nil {
		return false
	}
	got, err := decode(root)
	return err == nil && equal(got, intended)
}

// proveModel loads the project from the edited main files. That their trees are the
// intended ones is proved besides; compose makes the same model of the same tree, and
// where that is not taken for granted the intended trees are loaded, too, and compared.
// Included files are read from where they are: their bytes are proved by their trees
// alone.
func (g *generation) proveModel(ctx context.Context, a *attempt) error {
	edited, intended := map[string][]byte{}, map[string][]byte{}
	for i, s := range g.in.Project.Sources {
		if len(a.edits[i]) == 0 || s.Role != project.RoleMain {
			continue
		}
		edited[s.Path] = a.bytes[i]
		if g.in.Compare {
			text, err := marshal(a.intended[i])
			if err != nil {
				return err
			}
			intended[s.Path] = text
		}
	}
	got, err := g.in.Load(ctx, edited)
	if err != nil {
		return errLoad
	}
	if g.in.Compare {
		want, err := g.in.Load(ctx, intended)
		switch {
		case err != nil:
			return errLoad
		case project.EqualModels(got, want) != "":
			return errModel
		}
	}
	a.model = got
	return nil
}

// maxProofs bounds how many sets of decisions are tried in search of what cannot be
// proved.
const maxProofs = 256

// culprits finds decisions without which the proof holds, as few as it can; none when
// it does not even hold without all of them. Half of the suspects is left out at a
// time.
func (g *generation) culprits(ctx context.Context, a *attempt) []int {
	holds := func(without []int) bool {
		g.proofs++
		b, refused := g.try(g.givenUp(without))
		return len(refused) == 0 && g.prove(ctx, b) == nil
	}
	if len(a.taken) == 0 || !holds(a.taken) {
		return nil
	}
	suspects := a.taken
	for len(suspects) > 1 && g.proofs < maxProofs {
		half := len(suspects) / 2
		switch {
		case holds(suspects[:half]):
			suspects = suspects[:half]
		case holds(suspects[half:]):
			suspects = suspects[half:]
		default:
			return g.firstBad(suspects, holds)
		}
	}
	return suspects
}

// firstBad is, where several are to blame, the suspect with which, after those before
// it, the proof first fails; all of them when the search takes too long.
func (g *generation) firstBad(suspects []int, holds func([]int) bool) []int {
	good, bad := 0, len(suspects) // holds with the first good ones
	for bad-good > 1 {
		if g.proofs >= maxProofs {
			return suspects
		}
		if mid := (good + bad) / 2; holds(suspects[mid:]) {
			good = mid
		} else {
			bad = mid
		}
	}
	return suspects[good : good+1]
}
