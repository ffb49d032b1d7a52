package apparmor

import (
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// GroupProtections are the deny rules of docker-default. A generated profile has none.
const GroupProtections Group = "protections"

// Default is docker-default, the profile that the Docker engine gives to a container,
// as batten understands it: its meaning, not its text. It serves to compare with, and
// compiles. Name is the profile's own name, "" for "docker-default".
func Default(name string) (Result, error) {
	if name == "" {
		name = "docker-default"
	}
	if err := validName(name); err != nil {
		return Result{}, fmt.Errorf("write docker-default: %w", err)
	}
	var r Result
	put := func(g Group, why string, texts ...string) {
		for _, t := range texts {
			r.Rules = append(r.Rules, Rule{Text: t, Group: g, Why: why})
		}
	}
	put(GroupCapabilities, "whatever the container has", "capability,")
	put(GroupNetwork, "sockets of any family", "network,", "deny network alg,")
	put(GroupWrite, "any file, in any way", "file,")
	put(GroupMounts, "nothing is mounted, anything unmounted", "umount,", "deny mount,")
	for _, s := range senders {
		put(GroupSignals, s.why, "signal (receive) peer="+s.peer+",")
	}
	put(GroupSignals, "among its own processes", `signal (send, receive) peer="`+name+`",`)
	put(GroupPtrace, "among its own processes", `ptrace (trace, read, tracedby, readby) peer="`+name+`",`)
	put(GroupProtections, "files directly in /proc", deny("/proc/*", "w"))
	for _, p := range notNumbers() {
		put(GroupProtections, "what in /proc is no process", deny("/proc/"+p+"/**", "w"))
	}
	for _, p := range besides("kernel/shm") {
		put(GroupProtections, "the kernel's settings, but for shared memory", deny("/proc/sys/"+p, "w"))
	}
	for _, x := range protections {
		if under(x.folder, "/proc") {
			put(GroupProtections, x.why, deny(x.folder, "rwklx"))
		} else {
			put(GroupProtections, x.why, deny(x.folder+"/**", "rwklx"))
		}
	}
	for _, p := range besides("fs/cgroup") {
		put(GroupProtections, "the kernel's view of devices, but for control groups", deny("/sys/"+p, "wklx"))
	}
	var b strings.Builder
	b.WriteString("# What the Docker engine's default profile means, made by batten to compare with.\n\n")
	b.WriteString("profile " + name + " flags=(attach_disconnected,mediate_deleted) {\n")
	for _, x := range r.Rules {
		b.WriteString("  " + x.Text + "\n")
	}
	b.WriteString("}\n")
	r.Text = []byte(b.String())
	return r, nil
}

// deny spells a rule of one of the patterns that are made here.
func deny(pattern, mode string) string { return `deny "` + pattern + `" ` + mode + "," }

// besides returns patterns that together match every name that does not begin with
// the given text: "{,[^k]**}", "k{,[^e]**}", …
func besides(text string) []string {
	var out []string
	for i := range len(text) {
		out = append(out, text[:i]+"{,[^"+text[i:i+1]+"]**}")
	}
	return out
}

// notNumbers returns patterns for the folders of /proc that are no processes' and not
// "sys", which has rules of its own.
func notNumbers() []string {
	return []string{"[^1-9s/]*", "s", "s[^y/]*", "sy", "sy[^s/]*", "sys[^/]*", "[1-9]*[^0-9/]*"}
}

// Removal is something that docker-default allows and a profile does not.
type Removal struct {
	Group Group
	Text  string // one line for people
}

// Removed compares a generated profile with docker-default: what it takes away, most
// important first.
func Removed(r Result) []Removal {
	count := map[Group][]Rule{}
	for _, x := range r.Rules {
		count[x.Group] = append(count[x.Group], x)
	}
	writes, programs, reads := 0, 0, 0
	for _, x := range r.Rules {
		_, mode, ok := strings.Cut(strings.TrimSuffix(x.Text, ","), `" `)
		if !ok || len(x.Paths) == 0 {
			continue
		}
		mode, _, _ = strings.Cut(mode, " ")
		for letter, n := range map[string]*int{"w": &writes, "x": &programs, "r": &reads} {
			if strings.Contains(mode, letter) {
				*n++
			}
		}
	}
	all := len(profiles.CapabilityNames())
	out := []Removal{
		{GroupPrograms, fmt.Sprintf("executing any file; %d rules are left", programs)},
		{GroupWrite, fmt.Sprintf("changing any file; %d rules are left", writes)},
		{GroupRead, fmt.Sprintf("reading any file; %d rules are left", reads)},
		{GroupCapabilities, fmt.Sprintf("using any capability that the container has; %d of %d are left", len(distinctTexts(count[GroupCapabilities])), all)},
		{GroupNetwork, fmt.Sprintf("sockets of any family; %d families and types are left", len(distinctTexts(count[GroupNetwork])))},
	}
	if !slices.ContainsFunc(count[GroupMounts], func(x Rule) bool { return strings.HasPrefix(x.Text, "umount") }) {
		out = append(out, Removal{GroupMounts, "unmounting file systems"})
	}
	return out
}

func distinctTexts(rules []Rule) []string {
	var out []string
	for _, r := range rules {
		if !strings.HasPrefix(r.Text, "unix ") { // it says the same as a network rule
			out = append(out, r.Text)
		}
	}
	return distinct(out)
}
