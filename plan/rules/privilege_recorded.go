package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// needsOfRecording is what the recording shows to have been granted and to have
// mattered, of what the service has.
func needsOfRecording(d *plan.Draft, s project.Service) needs {
	p := d.Profile(s.Name)
	n := needs{add: []string{}, measured: true}
	used := usedCapabilities(p)
	if a := startsAs(d, s); a.nonRoot() && (d.Applied("B012", s.Name, "") || sawRoot(p)) {
		// It was recorded as root, and will not be.
		n.evidence = append(n.evidence, a.evidence, plan.Evidence{From: plan.FromEngine,
			Text: "a process of another user than root starts without capabilities, whatever cap_add says"})
		n.withFileCapabilities(d, s)
		return n
	}
	had := bounding(s)
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !slices.Contains(had, short(name)) {
			n.notes = append(n.notes, short(name)+" was used while it was recorded, but the service does not have it: left out")
			continue
		}
		n.add = append(n.add, short(name))
		n.evidence = append(n.evidence, plan.Evidence{From: plan.FromRecording, Text: short(name) + ": " + reasonOf(used[name], len(p.Runs))})
	}
	if len(n.add) == 0 {
		n.evidence = append(n.evidence, plan.Evidence{From: plan.FromRecording,
			Text: fmt.Sprintf("no capability was needed in %d %s, the start included", len(p.Runs), plural(len(p.Runs), "run"))})
	}
	n.withFileCapabilities(d, s)
	return n
}

// withFileCapabilities takes programs into account that bring capabilities along:
// the kernel refuses to execute one whose capability is outside of what the
// container may have, also where the capability itself is never used.
func (n *needs) withFileCapabilities(d *plan.Draft, s project.Service) {
	if s.Facts == nil || s.Facts.Files == nil {
		return
	}
	ran := executed(d.Profile(s.Name), s.Facts.Files, hasCaps)
	if len(ran) == 0 {
		return
	}
	n.evidence = append(n.evidence, plan.Evidence{From: plan.FromImage, Text: "executed with file capabilities: " + some(ran)})
	n.risk = "a program with file capabilities that are dropped does not start: operation not permitted"
	if facts, ok := knownImage(s); ok && facts.CapAdd != nil {
		n.evidence = append(n.evidence, plan.Evidence{From: plan.FromFacts, Text: facts.Image + " needs " + listed(facts.CapAdd)})
		n.add = slices.Compact(slices.Sorted(slices.Values(slices.Concat(n.add, within(facts.CapAdd, bounding(s))))))
		n.off = !facts.Tested
		return
	}
	n.off = true
	n.notes = append(n.notes, "to settle: which capabilities "+some(ran)+" has (getcap shows it); write them as the value of B004/"+s.Name)
}

func sawRoot(p *profiles.Profile) bool {
	return slices.ContainsFunc(p.Identities, func(i profiles.Identity) bool { return i.UID == 0 })
}

// usedCapabilities are the rows of what was needed, by name: of the service itself
// and of its health check. What somebody executed by hand does not count.
func usedCapabilities(p *profiles.Profile) map[string][]profiles.Capability {
	byHand := map[string]bool{}
	for _, e := range p.Entries {
		byHand[e.ID] = e.Kind == profiles.EntryExec
	}
	out := map[string][]profiles.Capability{}
	for _, c := range p.Capabilities {
		number, ok := profiles.CapabilityNumber(c.Name)
		if !ok || !c.Granted || c.Class == profiles.ClassNoise || c.Part == profiles.PartRuntime {
			continue
		}
		if c.Part == profiles.PartExec && byHand[c.Entry] {
			continue
		}
		name := profiles.CapabilityName(number)
		out[name] = append(out[name], c)
	}
	return out
}

// reasonOf is the way in which a capability was used most often, and how many more
// there are.
func reasonOf(rows []profiles.Capability, runs int) string {
	first := slices.MinFunc(rows, func(a, b profiles.Capability) int {
		return cmp.Or(-cmp.Compare(a.Runs, b.Runs), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Syscall, b.Syscall), cmp.Compare(a.Caller, b.Caller))
	})
	text := profiles.DescribeCapability(first.Name)
	if first.Syscall != "" {
		text = plain(first.Syscall)
	}
	if first.First != nil && first.First.Program != "" {
		text += " by " + plain(first.First.Program)
	}
	if len(first.Phases) == 1 {
		text += " at " + plain(string(first.Phases[0]))
	}
	if first.Class == profiles.ClassUnknown {
		text += ", for a reason that could not be read"
	}
	if more := len(rows) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s; %d of %d %s", text, first.Runs, runs, plural(runs, "run"))
}

// verb is a verb in the present with n things that do it.
func verb(n int, word string) string {
	if n == 1 {
		return word + "s"
	}
	return word
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
