package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"batten/plan"
	"batten/plan/network"
)

var flatNetwork = plan.Rule{
	ID: "B024", Title: "Only services that talk share a network", Topic: "network",
	Severity: plan.Medium, Class: plan.Measured,
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.30"}, {Name: plan.OWASP, Item: "RULE #5"}, {Name: plan.GuideSecuring}, {Name: plan.GuideField}, {Name: plan.GuideTips}},
	Why: "On one network for all, whoever takes over the service at the front speaks to the database directly, scans every " +
		"port of every service, and sends what it finds to the outside from any of them.",
	Fix: "Each server gets an internal network that it shares with its clients. Published services share the network edge, " +
		"services that reach the outside share egress; only these two lead out. Who talks to whom comes from recordings, dependencies, links, " +
		"variables, commands and configuration. The fix is off unless every service was recorded: a connection that no file shows would be cut. " +
		"All changes of it go together.",
	Breaks: "A connection that was neither recorded nor declared fails with a name that cannot be resolved or a time-out. " +
		"Programs that name the old network, such as a proxy's setting for the network of its backends, need the new name.",
	Detect: detectFlat,
}

func detectFlat(d *plan.Draft) []plan.Finding {
	s := segmentation(d)
	if !s.Needed {
		return hiddenFlat(d, s)
	}
	f := plan.Finding{Message: "services share a network that have nothing to do with each other", Evidence: s.Why, At: networkPlace(d, "networks")}
	internal := 0
	for _, n := range s.Networks {
		if n.Internal {
			internal++
		}
	}
	f.Evidence = append(f.Evidence, plan.Evidence{From: evidenceOf(s), Text: fmt.Sprintf("%d %s of services that talk", s.Talking(), plural(s.Talking(), "pair"))})
	f.Fix = &plan.Fix{
		Summary: fmt.Sprintf("divide the project into %d %s, %d of them internal", len(s.Networks), plural(len(s.Networks), "network"), internal),
		Changes: s.Changes(),
		Risk:    "a connection that neither a recording nor a file shows is cut off",
		Notes:   segmentNotes(s),
	}
	if len(s.Unmeasured) > 0 {
		f.Fix.Off = true
		f.Fix.Measure = plan.MeasureCommand(strings.Join(s.Unmeasured, " "))
		f.Fix.Notes = append(f.Fix.Notes, "nobody recorded whom "+shortList(s.Unmeasured)+" talks to: measure it, or apply this knowing that")
	}
	if len(s.Named) > 0 {
		f.Fix.Off = true
		f.Fix.Notes = append(f.Fix.Notes, "names a network that goes away, and needs the new name: "+shortList(s.Named))
	}
	return []plan.Finding{f}
}

// hiddenFlat is the finding for a network that only a recording can divide.
func hiddenFlat(d *plan.Draft, s network.Segmentation) []plan.Finding {
	if len(s.Hidden) == 0 {
		return nil
	}
	return []plan.Finding{{
		Message: "services share a network that may have nothing to do with each other", Evidence: s.Hidden, At: networkPlace(d, "networks"),
		Fix: &plan.Fix{Summary: "divide the project", Measure: plan.MeasureCommand(strings.Join(s.Unmeasured, " ")),
			Blocked: "nobody measured which of its services reach the outside"},
	}}
}

func evidenceOf(s network.Segmentation) string {
	if len(s.Unmeasured) > 0 {
		return plan.FromCompose
	}
	return plan.FromRecording
}

// segmentNotes are what stays as it is, and what the division leaves open.
func segmentNotes(s network.Segmentation) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.Kept)) {
		out = append(out, "the network "+name+" stays as it is: "+s.Kept[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.LeftOut)) {
		out = append(out, name+" is left out: "+s.LeftOut[name])
	}
	out = append(out, s.Groups...)
	var unheard []string
	for _, e := range s.Unheard {
		if text := e.From + " to " + e.To; !slices.Contains(unheard, text) {
			unheard = append(unheard, text)
		}
	}
	if len(unheard) > 0 {
		out = append(out, "declared, and not possible on the networks of today either: "+shortList(unheard))
	}
	if len(s.Removed) > 0 {
		out = append(out, "no longer used, and removed: "+shortList(s.Removed))
	}
	return out
}

// shortList is a list for people that does not fill the screen.
func shortList(list []string) string {
	const most = 8
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}
