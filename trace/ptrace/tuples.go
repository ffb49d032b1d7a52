package ptrace

import (
	"time"

	"batten/profiles"
)

// tupleSet remembers which tuples of arguments one call was seen with.
// profiles.ArgumentSpec has at most three indexes.
type tupleSet struct {
	spec profiles.ArgumentSpec
	seen map[[3]uint64]struct{}
}

// newArguments returns what collects a call's arguments, nil if they are not
// recorded.
func (r *recorder) newArguments(name string) *profiles.Arguments {
	spec, ok := profiles.ArgumentsOf(name)
	if !ok {
		return nil
	}
	a := &profiles.Arguments{Index: spec.Index, Complete: true}
	r.tuples[a] = &tupleSet{spec: spec, seen: make(map[[3]uint64]struct{})}
	return a
}

func (r *recorder) noteArguments(a *profiles.Arguments, args *[6]uint64) {
	if a == nil {
		return
	}
	set := r.tuples[a]
	var tuple [3]uint64
	for i, index := range set.spec.Index {
		tuple[i] = args[index]
		if i < len(set.spec.Mask) && set.spec.Mask[i] != 0 {
			tuple[i] &= set.spec.Mask[i]
		}
	}
	if _, ok := set.seen[tuple]; ok {
		return
	}
	if len(set.seen) >= profiles.MaxArgumentTuples {
		if a.Complete {
			a.Complete, r.changed = false, true
		}
		return
	}
	set.seen[tuple] = struct{}{}
	r.news, r.changed = time.Now(), true
	a.Values = append(a.Values, append([]uint64(nil), tuple[:len(set.spec.Index)]...))
}
