package profiles

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// solid is a profile of which nothing is missing.
func solid(t *testing.T) Profile {
	p := recordingOf(call("read", nil)).Profile()
	return mustMerge(t, p, p)
}

func TestASolidProfileHasNoGaps(t *testing.T) {
	p := solid(t)
	if gaps := p.Gaps(); len(gaps) != 0 || !p.Ready() {
		t.Errorf("gaps: %+v", gaps)
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	each := func(f func(*Run)) func(*Profile) {
		return func(p *Profile) {
			for i := range p.Runs {
				f(&p.Runs[i])
			}
		}
	}
	for name, tc := range map[string]struct {
		change   func(*Profile)
		severity Severity
		says     string
	}{
		"no runs":      {func(p *Profile) { p.Runs = nil }, SeverityBlocking, "no run was recorded"},
		"no calls":     {func(p *Profile) { p.Syscalls = nil }, SeverityBlocking, "no system call of the service"},
		"runtime only": {func(p *Profile) { p.Syscalls[0].Part = PartRuntime }, SeverityBlocking, "no system call of the service"},
		"map full":     {func(p *Profile) { p.Loss.MapFull = 3 }, SeverityBlocking, "3 calls or capabilities"},
		"unattributed": {func(p *Profile) { p.Loss.Unattributed = 1 }, SeverityBlocking, "could not be told"},
		"partial":      {func(p *Profile) { p.Loss.Partial = true }, SeverityBlocking, "only a part"},
		"no startup":   {each(func(r *Run) { r.StartupSeen = false }), SeverityBlocking, "start of the service"},
		"default":      {each(func(r *Run) { r.Seccomp = SeccompDefault }), SeverityWarning, "recorded under a filter"},
		"custom":       {each(func(r *Run) { r.Seccomp = SeccompCustom }), SeverityWarning, "recorded under a filter"},
		"unknown":      {each(func(r *Run) { r.Seccomp = SeccompUnknown }), SeverityWarning, "not known under which filter"},
		"denials":      {func(p *Profile) { p.Denied = []Denial{{Name: "mount"}} }, SeverityWarning, "refused while"},
		"io_uring":     {func(p *Profile) { p.Loss.IOURing = true }, SeverityWarning, "io_uring"},
		"second arch":  {func(p *Profile) { p.Loss.SecondArch = true }, SeverityWarning, "second architecture"},
		"interrupted":  {each(func(r *Run) { r.Interrupted = true }), SeverityWarning, "interrupted"},
		"not quiet":    {each(func(r *Run) { r.QuietFor = 9 }), SeverityNote, "last 10 seconds"},
		"interrupted command": {func(p *Profile) {
			p.Service.Kind, p.Runs[0].QuietFor, p.Runs[1].QuietFor = KindCommand, 0, 0
			p.Runs[0].Interrupted, p.Runs[1].Interrupted = true, true
		}, SeverityNote, "last 10 seconds"},
		"unknown call": {func(p *Profile) { p.Syscalls = append(p.Syscalls, call("syscall_999", nil), call("frobnicate", nil)) },
			SeverityBlocking, "frobnicate, syscall_999"},
		"unknown call of an exec": {func(p *Profile) {
			p.Syscalls = append(p.Syscalls, Syscall{Name: "syscall_999", Arch: ArchX8664, Part: PartExec})
		}, SeverityWarning, "syscall_999"},
		"recorded once": {func(p *Profile) { p.Runs = p.Runs[:1] }, SeverityNote, "recorded once"},
	} {
		t.Run(name, func(t *testing.T) {
			p := solid(t)
			tc.change(&p)
			gaps := p.Gaps()
			i := slices.IndexFunc(gaps, func(g Gap) bool { return strings.Contains(g.Text, tc.says) })
			if i < 0 || gaps[i].Severity != tc.severity || gaps[i].Hint == "" {
				t.Fatalf("gaps %+v, want %s %q", gaps, tc.severity, tc.says)
			}
			if p.Ready() != (tc.severity != SeverityBlocking) {
				t.Errorf("ready: %v", p.Ready())
			}
		})
	}
}

func TestOneGoodRunFillsTheGapOfAnother(t *testing.T) {
	p := solid(t)
	p.Runs[0].StartupSeen, p.Runs[0].QuietFor, p.Runs[0].Interrupted, p.Runs[0].Seccomp = false, 0, true, SeccompDefault
	if gaps := p.Gaps(); len(gaps) != 0 {
		t.Errorf("gaps: %+v", gaps)
	}
}

func TestLostExplanationsDoNotBlock(t *testing.T) {
	p := solid(t)
	p.Loss.Events, p.Loss.Strings = 1000, 1000
	if !p.Ready() {
		t.Error("not ready")
	}
}

func TestQueries(t *testing.T) {
	p := small()
	if d := cmp.Diff([]string{"socket"}, p.Application(ArchX8664)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"read", "socket"}, p.Needed(ArchX8664)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"execve"}, p.ByPart(PartRuntime, ArchX8664)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"socket"}, p.ByPhase(PhaseStartup, ArchX8664)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Arch{ArchX8664}, p.Arches()); d != "" {
		t.Error(d)
	}
	if a := p.ArgumentsFor("socket", ArchX8664); a == nil || !a.Complete || len(a.Values) != 2 {
		t.Errorf("arguments: %+v", a)
	}
	if p.ArgumentsFor("clone", ArchX8664) != nil || len(p.Sightings("socket")) != 1 || p.NoNewPrivileges() {
		t.Error("wrong answers")
	}
}

func TestNeededCapabilitiesAreGrantedAndOfConsequence(t *testing.T) {
	p := recordingOf().Profile()
	add := func(name string, granted bool, class Class, part Part) {
		p.Capabilities = append(p.Capabilities, Capability{Name: name, Granted: granted, Class: class, Part: part})
	}
	add("CAP_CHOWN", true, ClassNeed, PartApplication)
	add("CAP_CHOWN", true, ClassUnknown, PartExec)
	add("CAP_KILL", true, ClassUnknown, PartApplication)
	add("CAP_SYS_ADMIN", true, ClassNoise, PartApplication)
	add("CAP_NET_ADMIN", false, ClassNeed, PartApplication)
	add("CAP_SETPCAP", true, ClassNeed, PartRuntime)
	if d := cmp.Diff([]string{"CAP_CHOWN", "CAP_KILL"}, p.NeedsCapability()); d != "" {
		t.Error(d)
	}
}

func TestCompareSaysWhatChanged(t *testing.T) {
	before, after := small(), small()
	after.Syscalls = slices.DeleteFunc(after.Syscalls, func(s Syscall) bool { return s.Name == "read" })
	after.Syscalls = append(after.Syscalls, Syscall{Name: "openat", Arch: ArchX8664, Part: PartApplication,
		First: &Origin{Program: "/bin/evil\x1b[31m", Offset: 7}})
	for i, s := range after.Syscalls {
		if s.Name == "socket" {
			after.Syscalls[i].Args = &Arguments{Index: []int{0, 1, 2}, Values: [][]uint64{{2, 1, 6}, {16, 3, 0}}, Complete: true}
		}
	}
	after.Capabilities = nil
	after.Programs = append(after.Programs, Program{Path: "/bin/new thing", Part: PartApplication})
	after.Files = append(after.Files, File{Path: "/tmp/\x1b[31m", Access: []Access{AccessCreate}}, File{Path: "/gone", Access: []Access{AccessRemove}})
	after.Sockets = append(after.Sockets[:1], Socket{Use: SocketConnect, Protocol: "udp", Address: "fd00::1", Port: 53})
	after.Identities = []Identity{{UID: 0, GID: 0}}
	d := Compare(before, after)
	golden(t, "diff.txt", strings.Join(d.Lines(), "\n")+"\n")
	back := Compare(after, before)
	if x := cmp.Diff(d, Diff{Added: back.Removed, Removed: back.Added}); x != "" {
		t.Error(x)
	}
	if !Compare(before, before).Empty() || len(Compare(before, before).Lines()) != 0 {
		t.Error("a profile differs from itself")
	}
}

func TestUnknownArgumentsAreNoDifference(t *testing.T) {
	before, after := small(), small()
	for i := range after.Syscalls {
		after.Syscalls[i].Args = nil
	}
	if d := Compare(before, after); !d.Empty() {
		t.Error(d.Lines())
	}
}

func TestQuietTimeMattersOnlyWhereSomethingCouldHaveFollowed(t *testing.T) {
	for name, change := range map[string]func(*Profile){
		"command to its end": func(p *Profile) { p.Service.Kind = KindCommand },
		"import":             func(p *Profile) { p.Runs[0].Backend, p.Runs[1].Backend = "import/strace", "import/spo" },
	} {
		p := solid(t)
		p.Runs[0].QuietFor, p.Runs[1].QuietFor = 0, 0
		change(&p)
		if gaps := p.Gaps(); len(gaps) != 0 {
			t.Errorf("%s: %+v", name, gaps)
		}
	}
}

func TestCapabilitiesThatCouldNotBeSeenAreNoDifference(t *testing.T) {
	for _, backend := range []string{"ptrace", "ptrace/seccomp", "import/strace"} {
		before, after := small(), small()
		after.Capabilities = nil
		after.Runs[0].Backend = backend
		if d := Compare(before, after); !d.Empty() {
			t.Errorf("%s: %v", backend, d.Lines())
		}
	}
	before, after := small(), small()
	after.Capabilities = nil
	if d := Compare(before, after); len(d.Removed) != 1 {
		t.Errorf("a backend that sees them: %v", d.Lines())
	}
}

func TestCapabilitiesOfTheRuntimeAreNoDifference(t *testing.T) {
	before, after := small(), small()
	after.Capabilities = append(after.Capabilities, Capability{Name: "CAP_SETPCAP", Granted: true, Part: PartRuntime, Class: ClassNeed})
	if d := Compare(before, after); !d.Empty() {
		t.Error(d.Lines())
	}
}

func TestTheSameFileTwiceIsRecognised(t *testing.T) {
	p, other := small(), small()
	if other.Service.Name = "copy"; !SameEvidence(p, other) {
		t.Error("a copy was not recognised")
	}
	for name, change := range map[string]func(*Profile){
		"duration": func(p *Profile) { p.Runs[0].Seconds++ },
		"workload": func(p *Profile) { p.Runs[0].Workload = "other" },
		"call":     func(p *Profile) { p.Syscalls = p.Syscalls[1:] },
		"sighting": func(p *Profile) { p.Syscalls[0].First = &Origin{Offset: 77} },
	} {
		other := small()
		change(&other)
		if SameEvidence(p, other) {
			t.Errorf("another %s was not seen", name)
		}
	}
	if SameEvidence(Profile{}, Profile{}) {
		t.Error("nothing is the same as nothing")
	}
}

func TestWhatWasNotSampledIsNoDifference(t *testing.T) {
	before, after := small(), small()
	after.Files, after.Sockets, after.Identities, after.Resources = nil, nil, nil, nil
	if d := Compare(before, after); !d.Empty() {
		t.Error(d.Lines())
	}
	after.Resources = &Resources{}
	if d := Compare(before, after); len(d.Removed) != 4 {
		t.Errorf("a run that was sampled: %v", d.Lines())
	}
	before.Service.Kind, after.Service.Kind = KindCommand, KindCommand
	if d := Compare(before, after); len(d.Removed) != 3 {
		t.Errorf("a command, whose files are not looked at: %v", d.Lines())
	}
}
