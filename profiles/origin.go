package profiles

import (
	"cmp"
	"slices"
)

// compareOrigin orders sightings by how much they explain: one that names the
// program before one that does not, then the one with arguments, then the
// earliest. What is left only makes the order total, so that merging in any order
// gives the same answer. A missing origin comes last.
func compareOrigin(a, b *Origin) int {
	if a == nil || b == nil {
		return compareBool(a == nil, b == nil)
	}
	return cmp.Or(
		compareBool(a.Program == "", b.Program == ""),
		compareBool(a.Comm == "", b.Comm == ""),
		compareBool(len(a.Args) == 0, len(b.Args) == 0),
		cmp.Compare(a.Offset, b.Offset),
		cmp.Compare(phaseRank(a.Phase), phaseRank(b.Phase)),
		cmp.Compare(a.Phase, b.Phase),
		cmp.Compare(a.Program, b.Program),
		cmp.Compare(a.Comm, b.Comm),
		slices.Compare(a.Args, b.Args))
}

// betterOrigin returns the sighting that explains more.
func betterOrigin(a, b *Origin) *Origin {
	if compareOrigin(a, b) <= 0 {
		return a
	}
	return b
}
