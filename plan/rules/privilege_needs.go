package rules

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// needs is what a service needs of capabilities when everything else is dropped.
type needs struct {
	add      []string // as compose writes them, "CHOWN"; sorted
	evidence []plan.Evidence
	measured bool // a recording says so
	off      bool // likely, not sure
	blocked  string
	measure  string
	risk     string
	notes    []string
}

func (n needs) known() bool { return n.blocked == "" }

// sure tells that the set may be applied without asking.
func (n needs) sure() bool { return n.known() && !n.off }

// dockerDefaults are the capabilities that an engine gives to every container.
var dockerDefaults = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
	"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

// short is a capability as compose writes it: "CHOWN" for "cap_chown".
func short(name string) string {
	return strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(name)), "CAP_")
}

// bounding is what a service may have at most now: defaults, what is added, without
// what is dropped. As the engine does it, "ALL" among the added counts before single
// ones that are dropped, and privileged before everything.
func bounding(s project.Service) []string {
	var all []string
	for _, name := range profiles.CapabilityNames() {
		all = append(all, short(name))
	}
	dropped, added := shorts(s.CapDrop), shorts(s.CapAdd)
	var out []string
	switch {
	case s.Privileged:
		out = all
	case slices.Contains(added, "ALL"):
		out = without(all, dropped)
	case slices.Contains(dropped, "ALL"):
		out = added
	default:
		out = slices.Concat(without(dockerDefaults, dropped), added)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func shorts(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		out = append(out, short(name))
	}
	return out
}

func without(list, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return slices.Contains(taken, x) })
}

func within(list, allowed []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return !slices.Contains(allowed, x) })
}

// unusable says why a recording does not show which capabilities are needed, ""
// when it does.
func unusable(p *profiles.Profile) string {
	complete := func(r profiles.Run) bool { return r.SeesCapabilities() && r.StartupSeen }
	switch {
	case p == nil:
		return "nobody recorded which capabilities it uses"
	case !slices.ContainsFunc(p.Runs, profiles.Run.SeesCapabilities):
		return "its recording cannot show capability checks"
	case !slices.ContainsFunc(p.Runs, complete):
		return "its start was not recorded, and most capabilities are used only there"
	case !p.Loss.Complete():
		return "its recording has lost a part of what happened"
	}
	return ""
}

// capabilityNeeds is the set that a service needs: what the user wrote, else what a
// recording shows, else what follows from its user, else what is known of its
// image.
func capabilityNeeds(d *plan.Draft, s project.Service) needs {
	if value := d.Value("B004", s.Name, ""); value != "" {
		return needsOfValue(value)
	}
	reason := unusable(d.Profile(s.Name))
	if reason == "" {
		return needsOfRecording(d, s)
	}
	user, isUser := needsOfUser(d, s)
	facts, isKnown := needsOfFacts(s)
	switch {
	case isUser && (user.sure() || !isKnown || !facts.sure() || len(facts.add) > 0):
		return user
	case isKnown:
		return facts
	}
	return needs{blocked: reason, measure: plan.MeasureCommand(s.Name)}
}

// needsOfValue reads "none" or names with commas or spaces between.
func needsOfValue(value string) needs {
	n := needs{add: []string{}, evidence: []plan.Evidence{{From: plan.FromSettings, Text: "capabilities " + plain(value)}}}
	if strings.EqualFold(strings.TrimSpace(value), "none") {
		return n
	}
	for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		if _, ok := profiles.CapabilityNumber(name); !ok {
			return needs{blocked: "the value in batten.yaml names no capability: " + plain(name)}
		}
		n.add = append(n.add, short(name))
	}
	slices.Sort(n.add)
	n.add = slices.Compact(n.add)
	return n
}

// needsOfUser is for a service that never is root: it holds no capability, so that
// there is none to lose, unless a program brings its own.
func needsOfUser(d *plan.Draft, s project.Service) (needs, bool) {
	a := startsAs(d, s)
	if !a.nonRoot() {
		return needs{}, false
	}
	n := needs{add: []string{}, evidence: []plan.Evidence{a.evidence,
		{From: plan.FromEngine, Text: "a process of another user than root starts without capabilities, whatever cap_add says"}}}
	switch {
	case s.Facts == nil || s.Facts.Files == nil:
		n.off, n.risk = true, "a program of the image with file capabilities would not start: operation not permitted"
		n.notes = append(n.notes, "to settle: whether programs of the image have file capabilities is not known; "+plan.MeasureCommand(s.Name)+" would show it")
	case len(capable(s.Facts.Files)) > 0:
		n.off = true
		n.risk = "a program with file capabilities does not start without them: operation not permitted"
		n.notes = append(n.notes, "to settle: programs with file capabilities: "+some(capable(s.Facts.Files)))
	}
	return n, true
}

// needsOfFacts is what was found for a well-known image by leaving out one at a time.
func needsOfFacts(s project.Service) (needs, bool) {
	facts, ok := knownImage(s)
	if !ok || facts.CapAdd == nil {
		return needs{}, false
	}
	add := slices.Clone(facts.CapAdd)
	if !lowPortsNeedIt(s) {
		add = without(add, facts.CapAddOnlyIfPortStart1024)
	}
	spared := without(facts.CapAdd, add)
	n := needs{off: !facts.Tested, notes: []string{"these come from tests of the image, not of this service: " + plan.MeasureCommand(s.Name) + " would measure them"},
		risk: "what this service does beyond the image's usual start may need more"}
	if more := without(add, bounding(s)); len(more) > 0 {
		n.off = true
		n.notes = append(n.notes, "to settle: the service lives without "+listed(more)+", which the tested image needs: left out")
		add = within(add, bounding(s))
	}
	text := fmt.Sprintf("%s needs %s after cap_drop ALL", facts.Image, listed(facts.CapAdd))
	if len(spared) > 0 {
		text += ", of which " + listed(spared) + " only where low ports need it, not here"
	}
	if !facts.Tested {
		text += "; another version of the image was tested"
	}
	n.evidence = append(n.evidence, plan.Evidence{From: plan.FromFacts, Text: text})
	if other := otherwiseStarted(s); other != "" {
		n.off = true
		n.evidence = append(n.evidence, plan.Evidence{From: plan.FromCompose, Text: other})
	}
	if own := without(shorts(s.CapAdd), append(slices.Clone(add), "ALL")); len(own) > 0 {
		// The file asks for more than the usual start: this is not the usual start.
		add = append(add, own...)
		n.off = n.off || !slices.Contains(shorts(s.CapDrop), "ALL")
		n.evidence = append(n.evidence, plan.Evidence{From: plan.FromCompose, Text: "the file adds " + listed(own)})
	}
	slices.Sort(add)
	n.add = slices.Compact(add)
	return n, true
}

// lowPortsNeedIt tells whether ports below 1024 need a capability: an engine lets
// everybody take them in a container's own network.
func lowPortsNeedIt(s project.Service) bool {
	start := s.Config.Sysctls["net.ipv4.ip_unprivileged_port_start"]
	return s.Config.NetworkMode == "host" || start != "" && start != "0"
}

// listed is a list for people.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
