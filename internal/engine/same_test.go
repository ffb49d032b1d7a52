package engine

import (
	"testing"

	"batten/generators/seccomp"
	"batten/profiles"
)

func TestProgramsOfOneNameAreToldApart(t *testing.T) {
	command := func(args ...string) profiles.Service {
		return profiles.Service{Name: "x", Kind: profiles.KindCommand, Command: args}
	}
	recorded := func(s profiles.Service, programs ...string) profiles.Profile {
		p := profiles.Profile{Service: s}
		for _, path := range programs {
			p.Programs = append(p.Programs, profiles.Program{Path: path})
		}
		return p
	}
	image := func(name string) profiles.Service {
		return profiles.Service{Name: "x", Kind: profiles.KindContainer, Image: name}
	}
	for name, c := range map[string]struct {
		old profiles.Profile
		new profiles.Service
		say string
	}{
		"same word":        {recorded(command("sh")), command("sh", "-c", "x"), ""},
		"same path":        {recorded(command("/opt/a/server")), command("/opt/a/server"), ""},
		"other path":       {recorded(command("/opt/a/server")), command("/opt/b/server"), "the program /opt/a/server"},
		"other folder":     {recorded(command("./server"), "/elsewhere/server"), command("./server"), "the program ./server"},
		"a script":         {recorded(command("./run.sh"), "/bin/sh"), command("./run.sh"), ""},
		"was executed":     {recorded(command("./server"), "/opt/a/server"), command("/opt/a/server"), ""},
		"nothing known":    {recorded(profiles.Service{Name: "x", Kind: profiles.KindCommand}), command("/opt/b/server"), ""},
		"other tag":        {recorded(image("repo:5000/web:1")), image("repo:5000/web:2"), ""},
		"other image":      {recorded(image("postgres:16")), image("redis:7"), "a container of postgres:16"},
		"not a container":  {recorded(image("postgres:16")), command("postgres"), "a container of postgres:16"},
		"a container now":  {recorded(command("postgres")), image("postgres:16"), "the command postgres"},
		"image not stated": {recorded(image("")), image("redis:7"), ""},
	} {
		if got := differs(c.old, c.new); got != c.say {
			t.Errorf("%s: %q, want %q", name, got, c.say)
		}
	}
}

func TestWhatAServiceCouldDoBefore(t *testing.T) {
	allowing := func(f former) bool {
		return f.policy != nil && f.policy.DefaultAction == seccomp.ActAllow && len(f.policy.Syscalls) == 0
	}
	if !allowing(formerOf("unconfined", false, nil, nil)) || !allowing(formerOf("", true, nil, nil)) {
		t.Error("what had no filter is taken for filtered")
	}
	if f := formerOf("", false, nil, nil); f.policy != nil {
		t.Error("the engine's default is not")
	}
	for _, text := range []string{`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}`, `{"~~": 0, "defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}`} {
		if f := formerOf(text, false, nil, nil); f.policy != nil || !allowsEverything(text) {
			t.Errorf("the recording profile is taken for the service's own: %s", text)
		}
	}
	own := `{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}`
	if f := formerOf(own, false, nil, nil); f.policy == nil || len(f.policy.Syscalls) != 1 {
		t.Error("the service's own profile is not the bound")
	}
}
