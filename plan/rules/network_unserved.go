package rules

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
	"batten/plan/network"
	"batten/profiles"
	"batten/project"
)

var unservedPort = plan.Rule{
	ID: "B021", Title: "Published ports are served", Topic: "network",
	Severity: plan.Low, Class: plan.Measured, Needs: []plan.Need{plan.NeedTrace},
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.9"}, {Name: plan.GuideTips}},
	Why: "A published port that nothing serves waits for whatever comes to listen there: a debugger, an attacker's shell. " +
		"It also hides which ports matter.",
	Fix: "The port is taken away where a recording has the start and the steady phase of whatever could have served it, and saw the " +
		"service listen elsewhere. Otherwise it stays until the user says so.",
	Breaks: "If the service opens the port later than it was recorded, clients get \"connection refused\".",
	Detect: detectUnserved,
}

func detectUnserved(d *plan.Draft) []plan.Finding {
	riders := map[string][]string{}
	for _, s := range d.Project.Services {
		if carrier, ok := strings.CutPrefix(s.Config.NetworkMode, "service:"); ok {
			riders[carrier] = append(riders[carrier], s.Name)
		}
	}
	var out []plan.Finding
	for _, s := range publishing(d) {
		namespace := append(riders[s.Name], s.Name)
		sockets, runs, known := listeners(d, namespace)
		if !known {
			continue
		}
		for _, item := range portItems(d.Project, s) {
			place := item.places[0]
			if place.unclear != "" || place.protocol != "tcp" || dropped(d, s.Name, item.key) {
				continue
			}
			text := unserved(sockets, place.target)
			if text == "" {
				continue
			}
			out = append(out, plan.Finding{
				Service: s.Name, Key: item.key, At: item.positions(d.Project),
				Message:  "port " + item.key + " is published, and " + text,
				Evidence: []plan.Evidence{{From: plan.FromRecording, Text: fmt.Sprintf("listened on %s in %d %s", strings.Join(listenTexts(sockets), ", "), runs, plural(runs, "run"))}},
				Fix:      unpublish(d, s, item, namespace),
			})
		}
	}
	return out
}

// unpublish takes a port away that nobody was seen to serve. That is enough to go by
// where whatever could have served it was recorded from its start until it served.
func unpublish(d *plan.Draft, s project.Service, item portItem, namespace []string) *plan.Fix {
	fix := &plan.Fix{Summary: "publish " + item.key + " no longer", Changes: item.drop(), Risk: "the port may be opened later than was recorded"}
	for _, name := range namespace {
		if reason := partlyRecorded(d.Profile(name)); reason != "" {
			fix.Off = true
			fix.Notes = append(fix.Notes, "stays published unless chosen: "+reason+" of "+name)
		}
	}
	if !fix.Off && !listens(d.Profile(s.Name)) {
		fix.Off = true
		fix.Notes = append(fix.Notes, "stays published unless chosen: "+s.Name+" itself was not seen to listen on any port")
	}
	return fix
}

// partlyRecorded says which part of a service's life its recordings lack, "" for none.
func partlyRecorded(p *profiles.Profile) string {
	switch {
	case p == nil:
		return "there is no recording"
	case !slices.ContainsFunc(p.Runs, func(r profiles.Run) bool { return r.StartupSeen }):
		return "no recording has the start"
	case !reachedSteady(p):
		return "no recording has the steady phase"
	case !p.Loss.Complete() || p.Loss.Events > 0:
		return "a part was lost of the recording"
	}
	return ""
}

func reachedSteady(p *profiles.Profile) bool {
	in := func(phases []profiles.Phase) bool { return slices.Contains(phases, profiles.PhaseSteady) }
	return slices.ContainsFunc(p.Identities, func(i profiles.Identity) bool { return in(i.Phases) }) ||
		slices.ContainsFunc(p.Syscalls, func(s profiles.Syscall) bool { return in(s.Phases) })
}

func listens(p *profiles.Profile) bool {
	return slices.ContainsFunc(p.OverIP(), func(s profiles.Socket) bool { return s.Use == profiles.SocketListen })
}

// listeners are the listening sockets of services that share one network name space;
// known is false unless each of them was recorded and one listens.
func listeners(d *plan.Draft, services []string) (sockets []profiles.Socket, runs int, known bool) {
	for _, name := range services {
		p := d.Profile(name)
		if !network.Sampled(p) {
			return nil, 0, false
		}
		runs = max(runs, len(p.Runs))
		for _, one := range p.OverIP() {
			if one.Use == profiles.SocketListen {
				sockets = append(sockets, one)
			}
		}
	}
	return sockets, runs, len(sockets) > 0
}

// unserved says why nobody answers on a port, "" when somebody does.
func unserved(sockets []profiles.Socket, target string) string {
	local := false
	for _, s := range sockets {
		if s.Protocol != "tcp" || !inRange(target, s.Port) {
			continue
		}
		if s.Address != loopback && s.Address != "::1" {
			return ""
		}
		local = true
	}
	if local {
		return "the service listens on it for itself alone"
	}
	return "nothing listened on it"
}

func listenTexts(sockets []profiles.Socket) []string {
	var out []string
	for _, s := range sockets {
		text := fmt.Sprintf("%d/%s", s.Port, s.Protocol)
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
