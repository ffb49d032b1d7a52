package engine

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"batten/internal/fault"
	"batten/plan"
	"batten/profiles"
)

// Use is who used a file, port, socket or signal, and what follows from it.
type Use struct {
	Files    []UsedFile   `json:"files,omitempty"`
	Sockets  []UsedSocket `json:"sockets,omitempty"`
	Contacts []UsedSignal `json:"contacts,omitempty"`
	// Folders sum up what is below a folder, or what wildcards fit.
	Folders []UsedFolder `json:"folders,omitempty"`
	// Near are recorded paths like one that is not.
	Near []NearPath `json:"near,omitempty"`
	// AppArmor are the rules of profiles that it leads to.
	AppArmor []UsedRule `json:"apparmor,omitempty"`
	// Findings are those of the compose project that it leads to, with their decisions.
	Findings []plan.Decision `json:"findings,omitempty"`
	// Unseen are services with a recording that does not show files and sockets.
	Unseen []string `json:"unseen,omitempty"`
}

// UsedFile is what one program of a service did with a path.
type UsedFile struct {
	Service string `json:"service"`
	profiles.File
	OfRuns int `json:"ofRuns"`
}

// UsedSocket is a port that a service used, or an abstract name.
type UsedSocket struct {
	Service string `json:"service"`
	profiles.Socket
	OfRuns int `json:"ofRuns"`
}

// UsedSignal is a signal that a service sent.
type UsedSignal struct {
	Service string `json:"service"`
	profiles.Contact
	OfRuns int `json:"ofRuns"`
}

// UsedFolder counts the paths of a service below a folder.
type UsedFolder struct {
	Service  string   `json:"service"`
	Path     string   `json:"path"`
	Paths    int      `json:"paths"`
	Read     int      `json:"read"`    // and not changed
	Changed  int      `json:"changed"` // or made, or removed
	Programs []string `json:"programs,omitempty"`
	Examples []string `json:"examples"` // the first few, sorted
}

// NearPath is a recorded path that may be meant.
type NearPath struct {
	Service string `json:"service"`
	Path    string `json:"path"`
}

// UsedRule is one rule of a service's AppArmor profile.
type UsedRule struct {
	Service     string `json:"service"`
	Text        string `json:"text"`
	Why         string `json:"why"`
	Generalised string `json:"generalised,omitempty"`
	Profile     string `json:"profile,omitempty"` // child profile that it is in
}

// maxAsked bounds a name that is explained: the kernel's longest path.
const maxAsked = 4096

var lineForm = regexp.MustCompile(`^(.+):([0-9]{1,9})$`)

// explainUse explains what is no name of a call; nil when it is of no such form.
func (e *Engine) explainUse(ctx context.Context, name string, recorded []profiles.Profile) (*Explanation, error) {
	if len(name) > maxAsked || strings.ContainsRune(name, 0) {
		return nil, fault.New(fault.Usage, "paths have at most 4095 bytes", "explain: the name is too long, or has a NUL in it")
	}
	form, rest, marked := strings.Cut(name, ":")
	switch {
	case strings.HasPrefix(name, "/"):
		return e.explainPath(ctx, name, recorded), nil
	case marked && (form == "tcp" || form == "udp"):
		return e.explainPort(ctx, form, rest, recorded)
	case marked && form == "unix" && strings.HasPrefix(rest, "/"):
		x := e.explainPath(ctx, rest, recorded)
		x.Name, x.Kind = name, "socket"
		return x, nil
	case marked && form == "unix" && len(rest) > 1 && rest[0] == '@':
		return explainAbstract(name, rest[1:], recorded), nil
	case marked && form == "unix":
		return nil, fault.New(fault.Usage, "write unix:/run/x.sock, or unix:@NAME for an abstract name", "explain: %q names no socket", name)
	case marked && form == "signal":
		return explainSignal(name, rest, recorded)
	}
	if m := lineForm.FindStringSubmatch(name); m != nil && strings.Contains(m[1], "/") {
		return e.explainLine(ctx, name, m[1], m[2], recorded)
	}
	return nil, nil
}

// runsOf is in how many runs a row could have been seen: those that recorded files, or
// all where a row was only sampled.
func runsOf(p profiles.Profile, part profiles.Part) int {
	n := 0
	for _, r := range p.Runs {
		if r.SeesFiles() {
			n++
		}
	}
	if part == "" || n == 0 {
		return len(p.Runs)
	}
	return n
}

func unseen(recorded []profiles.Profile) []string {
	var out []string
	for _, p := range recorded {
		if !p.SeesFiles() {
			out = append(out, p.Service.Name)
		}
	}
	return out
}

func (e *Engine) explainPort(ctx context.Context, protocol, number string, recorded []profiles.Profile) (*Explanation, error) {
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil || port == 0 {
		return nil, fault.New(fault.Usage, "write tcp:80 or udp:53; ports go from 1 to 65535", "explain: %q is no port", number)
	}
	x := &Explanation{Name: protocol + ":" + strconv.FormatUint(port, 10), Kind: "port", Seen: []Seen{}, Use: &Use{Unseen: unseen(recorded)}}
	services := map[string]bool{}
	for _, p := range recorded {
		for _, s := range p.Sockets {
			if s.Protocol == protocol && s.Port == int(port) {
				x.Use.Sockets = append(x.Use.Sockets, UsedSocket{p.Service.Name, s, runsOf(p, s.Part)})
				services[p.Service.Name] = true
			}
		}
	}
	kind := map[string]string{"tcp": "stream", "udp": "dgram"}[protocol]
	x.Use.AppArmor = rulesFor(recorded, services, func(r ruleAbout) bool {
		return r.network && strings.Contains(r.Text, "inet") && (strings.Contains(r.Text, kind) || strings.Contains(r.Text, protocol))
	})
	end := ":" + number
	x.Use.Findings = e.findingsAbout(ctx, func(f plan.Finding) bool {
		key := strings.TrimSuffix(f.Key, "/"+protocol)
		return !strings.Contains(key, "/") && (key == number || strings.HasSuffix(key, end))
	})
	return x, nil
}

func explainAbstract(name, socket string, recorded []profiles.Profile) *Explanation {
	x := &Explanation{Name: name, Kind: "socket", Seen: []Seen{}, Use: &Use{Unseen: unseen(recorded)}}
	for _, p := range recorded {
		for _, s := range p.Sockets {
			if s.Protocol == "unix" && s.Name == socket {
				x.Use.Sockets = append(x.Use.Sockets, UsedSocket{p.Service.Name, s, runsOf(p, s.Part)})
			}
		}
	}
	return x
}

var realTime = regexp.MustCompile(`^RT[0-9]{1,2}$`)

func explainSignal(name, signal string, recorded []profiles.Profile) (*Explanation, error) {
	signal = strings.TrimPrefix(strings.ToUpper(signal), "SIG")
	if unix.SignalNum("SIG"+signal) == 0 && signal != "EXISTS" && !realTime.MatchString(signal) {
		return nil, fault.New(fault.Usage, "write signal:TERM, signal:RT7 for a real-time signal, or signal:EXISTS for the question whether a process exists",
			"explain: %q is no signal", name)
	}
	x := &Explanation{Name: "signal:" + signal, Kind: "signal", Seen: []Seen{}, Use: &Use{Unseen: unseen(recorded)}}
	services := map[string]bool{}
	for _, p := range recorded {
		for _, c := range p.Contacts {
			if c.Kind == profiles.ContactSignal && c.Signal == signal {
				x.Use.Contacts = append(x.Use.Contacts, UsedSignal{p.Service.Name, c, runsOf(p, c.Part)})
				services[p.Service.Name] = true
			}
		}
	}
	word := regexp.MustCompile(`\b` + strings.ToLower(signal) + `\b`)
	x.Use.AppArmor = rulesFor(recorded, services, func(r ruleAbout) bool {
		return r.signal && (!strings.Contains(r.Text, "set=") || word.MatchString(r.Text))
	})
	return x, nil
}

// findingsAbout are the findings of the project in this folder that a predicate picks;
// none where there is no project.
func (e *Engine) findingsAbout(ctx context.Context, about func(plan.Finding) bool) []plan.Decision {
	s, err := e.survey(ctx, SurveyRequest{})
	if err != nil {
		return nil
	}
	var out []plan.Decision
	for _, d := range s.plan.Decisions {
		if about(d.Finding) {
			out = append(out, d)
		}
	}
	return out
}

// patterned tells whether a path has wildcards.
func patterned(p string) bool { return strings.ContainsAny(p, "*?[") }

// fits tells whether a path is what was asked for: itself, what wildcards stand for
// ("**" crosses folders), or, of a folder, what is below.
func fits(asked string) func(string) bool {
	if !patterned(asked) {
		return func(p string) bool { return p == asked }
	}
	if folder, ok := strings.CutSuffix(asked, "/**"); ok && !patterned(folder) {
		return func(p string) bool { return p != folder && below(p, folder) }
	}
	return func(p string) bool {
		ok, err := path.Match(asked, p)
		return err == nil && ok
	}
}

func sortedNames(set map[string]bool) []string {
	var out []string
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
