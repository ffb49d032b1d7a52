package apparmor

import (
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// capabilityRules allow capabilities by name, sorted.
func (g *generator) capabilityRules(p profiles.Profile, names []string) []Rule {
	var out []Rule
	for _, full := range names {
		n, ok := profiles.CapabilityNumber(full)
		if !ok {
			g.refuse("", "capability "+printable(full)+": AppArmor has no name for it")
			continue
		}
		full = profiles.CapabilityName(n)
		text := "capability " + strings.ToLower(strings.TrimPrefix(full, "CAP_")) + ","
		if slices.ContainsFunc(out, func(r Rule) bool { return r.Text == text }) {
			continue
		}
		why, comment := g.capabilityReason(p, full)
		g.comments[commentKey{GroupCapabilities, text}] = comment
		out = append(out, Rule{Text: text, Group: GroupCapabilities, Why: why})
	}
	return out
}

func (g *generator) capabilityReason(p profiles.Profile, full string) (why, comment string) {
	for _, c := range p.Capabilities {
		if c.Name != full || !c.Granted || !g.sel.holds(c.Part, c.Entry) || c.Class == profiles.ClassNoise {
			continue
		}
		comment = "checked"
		if c.Syscall != "" {
			comment += " in " + printable(c.Syscall)
		}
		if len(c.Programs) > 0 {
			comment += " for " + printable(c.Programs[0])
		}
		return fmt.Sprintf("%s; %d of %d runs", comment, c.Runs, g.runs), comment
	}
	comment = "the service will have it"
	return comment, comment
}
