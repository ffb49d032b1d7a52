package capabilities

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"batten/profiles"
)

var update = flag.Bool("update", false, "write golden files")

func profile() profiles.Profile {
	p := profiles.Profile{Schema: profiles.ProfileSchema, Service: profiles.Service{Name: "web", Kind: profiles.KindContainer},
		Runs: []profiles.Run{{Arch: profiles.ArchX8664, StartupSeen: true}, {Arch: profiles.ArchX8664, StartupSeen: true}}}
	p.Entries = []profiles.Entry{{ID: profiles.MainEntry, Kind: profiles.EntryMain}, {ID: "healthcheck", Kind: profiles.EntryHealthCheck},
		{ID: "exec-1", Kind: profiles.EntryExec}}
	add := func(name string, granted bool, class profiles.Class, caller, syscall string, runs int, part profiles.Part, entry string, phases ...profiles.Phase) {
		p.Capabilities = append(p.Capabilities, profiles.Capability{Name: name, Granted: granted, Class: class, Caller: caller, Syscall: syscall,
			Runs: runs, Part: part, Entry: entry, Phases: phases, First: &profiles.Origin{Program: "/usr/sbin/web"}})
	}
	app := profiles.PartApplication
	add("CAP_SETUID", true, profiles.ClassNeed, "__sys_setuid", "setuid", 2, app, "", profiles.PhaseStartup)
	add("CAP_SETGID", true, profiles.ClassNeed, "__sys_setgid", "setgid", 2, app, "", profiles.PhaseStartup)
	add("CAP_CHOWN", true, profiles.ClassNeed, "chown_common", "fchownat", 1, app, "", profiles.PhaseStartup)
	add("CAP_NET_BIND_SERVICE", true, profiles.ClassNeed, "inet_bind", "bind", 2, app, "", profiles.PhaseStartup, profiles.PhaseSteady)
	add("CAP_SYS_ADMIN", true, profiles.ClassNoise, "security_vm_enough_memory_mm", "mmap", 2, app, "", profiles.PhaseSteady)
	add("CAP_DAC_OVERRIDE", false, profiles.ClassNeed, "generic_permission", "openat", 2, app, "", profiles.PhaseSteady)
	add("CAP_SYS_RESOURCE", true, profiles.ClassUnknown, "", "", 2, app, "", profiles.PhaseSteady)
	add("CAP_SETPCAP", true, profiles.ClassNeed, "cap_task_prctl", "prctl", 2, profiles.PartRuntime, "", profiles.PhaseRuntime)
	add("CAP_NET_RAW", true, profiles.ClassNeed, "inet_create", "socket", 2, profiles.PartExec, "healthcheck", profiles.PhaseExec)
	add("CAP_KILL", true, profiles.ClassNeed, "check_kill_permission", "kill", 1, profiles.PartExec, "exec-1", profiles.PhaseExec)
	return p
}

func TestSetHasWhatWasNeededAndNothingElse(t *testing.T) {
	s := Generate(profile(), Options{})
	if want := []string{"CHOWN", "NET_BIND_SERVICE", "NET_RAW", "SETGID", "SETUID", "SYS_RESOURCE"}; !slices.Equal(s.Add, want) {
		t.Errorf("add %v, want %v", s.Add, want)
	}
	if !slices.Equal(s.Noise, []string{"CAP_SYS_ADMIN"}) || len(s.Wanted) != 1 || s.Wanted[0].Name != "CAP_DAC_OVERRIDE" {
		t.Errorf("noise %v, wanted %+v", s.Noise, s.Wanted)
	}
	kinds := map[NoteKind]string{}
	for _, n := range s.Notes {
		kinds[n.Kind] += n.Text + "; "
	}
	for kind, text := range map[NoteKind]string{NoteUser: "SETGID, SETUID", NotePort: "1024", NoteOwner: "CHOWN", NoteStartup: "CHOWN",
		NoteRare: "CHOWN", NoteUnknown: "SYS_RESOURCE", NoteEvidence: "KILL"} {
		if !strings.Contains(kinds[kind], text) {
			t.Errorf("note %s: %q", kind, kinds[kind])
		}
	}
	if s = Generate(profile(), Options{IncludeExec: true}); !slices.Contains(s.Add, "KILL") {
		t.Errorf("add %v", s.Add)
	}
}

func TestNothingIsAddedThatTheServiceDidNotHave(t *testing.T) {
	s := Generate(profile(), Options{Had: []string{"chown", "CAP_SETUID"}})
	if !slices.Equal(s.Add, []string{"CHOWN", "SETUID"}) || len(s.Beyond) != 4 {
		t.Errorf("add %v, beyond %d", s.Add, len(s.Beyond))
	}
	if s = Generate(profile(), Options{Had: []string{}}); len(s.Add) != 0 {
		t.Errorf("add %v", s.Add)
	}
}

func TestServiceWithoutNeedsDropsAll(t *testing.T) {
	p := profile()
	p.Capabilities = nil
	s := Generate(p, Options{})
	if got := string(s.Compose()); got != "cap_drop:\n  - ALL\n" || s.Add == nil {
		t.Errorf("%q", got)
	}
}

func TestComposeSnippet(t *testing.T) {
	got := Generate(profile(), Options{}).Compose()
	const path = "testdata/web.yaml"
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}

func TestHostileTextStaysInItsComment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := profile()
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\n  - SYS_ADMIN", "\u2028- X", "a\r\nb", "\x1b[2J"}))
		for i := range p.Capabilities {
			p.Capabilities[i].Caller = text.Draw(t, "caller")
			p.Capabilities[i].Syscall = text.Draw(t, "syscall")
			p.Capabilities[i].First.Program = text.Draw(t, "program")
		}
		s := Generate(p, Options{IncludeExec: true})
		var doc struct {
			Drop []string `yaml:"cap_drop"`
			Add  []string `yaml:"cap_add"`
		}
		out := s.Compose()
		if err := yaml.Unmarshal(out, &doc); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !slices.Equal(doc.Add, s.Add) || !slices.Equal(doc.Drop, []string{"ALL"}) {
			t.Fatalf("%v\n%s", doc, out)
		}
	})
}

func TestOrderOfEvidenceDoesNotMatter(t *testing.T) {
	want := Generate(profile(), Options{}).Compose()
	p := profile()
	slices.Reverse(p.Capabilities)
	if got := Generate(p, Options{}).Compose(); !bytes.Equal(got, want) {
		t.Errorf("%s", got)
	}
}

func TestNotesAgreeInNumber(t *testing.T) {
	text := func(p profiles.Profile, k NoteKind) string {
		for _, n := range Generate(p, Options{}).Notes {
			if n.Kind == k {
				return n.Text
			}
		}
		return ""
	}
	p := profile()
	if got := text(p, NoteOwner); !strings.HasPrefix(got, "CHOWN reaches over owners") {
		t.Error(got)
	}
	more := p.Capabilities[2]
	more.Name = "CAP_FOWNER"
	p.Capabilities = append(p.Capabilities, more)
	if got := text(p, NoteOwner); !strings.HasPrefix(got, "CHOWN, FOWNER reach over owners") {
		t.Error(got)
	}
}

func TestAnotherRunThatShowsNothingNewChangesNoByte(t *testing.T) {
	p := profile()
	more := p.Capabilities[2] // another way to need CHOWN, seen as often
	more.Syscall = "lchown"
	p.Capabilities = append(p.Capabilities, more)
	twice, err := profiles.Merge(p, p)
	if err != nil {
		t.Fatal(err)
	}
	want := Generate(p, Options{}).Compose()
	if got := Generate(twice, Options{}).Compose(); !bytes.Equal(got, want) {
		t.Errorf("%s", got)
	}
	for i := range p.Capabilities {
		if p.Capabilities[i].Syscall == "lchown" {
			p.Capabilities[i].Runs++ // now seen more often than the other
		}
	}
	if got := Generate(p, Options{}).Compose(); !bytes.Equal(got, want) {
		t.Errorf("%s", got)
	}
}
