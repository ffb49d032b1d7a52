package profiles

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func mustMerge(t interface{ Fatal(...any) }, ps ...Profile) Profile {
	p, err := Merge(ps...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func drawProfile(t *rapid.T) Profile {
	if rapid.Bool().Draw(t, "two runs") {
		return mustMerge(t, drawRecording(t).Profile(), drawRecording(t).Profile())
	}
	return drawRecording(t).Profile()
}

func TestMergingInAnyOrderGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawProfile(t), drawProfile(t)
		if d := cmp.Diff(mustMerge(t, a, b), mustMerge(t, b, a), cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

func TestMergingPartsFirstGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawProfile(t), drawProfile(t), drawProfile(t)
		all := mustMerge(t, a, b, c)
		if d := cmp.Diff(all, mustMerge(t, mustMerge(t, a, b), c), cmpopts.EquateEmpty()); d != "" {
			t.Fatal("left: ", d)
		}
		if d := cmp.Diff(all, mustMerge(t, a, mustMerge(t, b, c)), cmpopts.EquateEmpty()); d != "" {
			t.Fatal("right: ", d)
		}
	})
}

func TestMergingAProfileWithItselfAddsOnlyCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProfile(t)
		twice := mustMerge(t, p, p)
		if len(twice.Runs) != 2*len(p.Runs) {
			t.Fatalf("%d runs, want %d", len(twice.Runs), 2*len(p.Runs))
		}
		if d := Compare(p, twice); !d.Empty() {
			t.Fatal(d)
		}
		counts := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Runs" }, cmp.Ignore())
		if d := cmp.Diff(mustMerge(t, p).Evidence, twice.Evidence, counts, cmpopts.IgnoreTypes(Loss{}), cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		for i, f := range twice.Files {
			if f.Runs != 2*p.Files[i].Runs {
				t.Fatalf("%s: %d runs, want %d", f.Path, f.Runs, 2*p.Files[i].Runs)
			}
		}
		for i, s := range twice.Syscalls {
			if s.Runs != 2*p.Syscalls[i].Runs {
				t.Fatalf("%s: %d runs, want %d", s.Name, s.Runs, 2*p.Syscalls[i].Runs)
			}
		}
	})
}

func TestMergingChangesNoneOfItsInputs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawProfile(t), drawProfile(t)
		before := []Profile{a.clone(), b.clone()}
		mustMerge(t, a, b)
		if d := cmp.Diff(before, []Profile{a, b}, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

func recordingOf(calls ...Syscall) Recording {
	return Recording{
		Service:  Service{Name: "web", Kind: KindContainer},
		Run:      Run{Backend: "ebpf/tp_btf", Arch: ArchX8664, Seccomp: SeccompRecord, StartupSeen: true, Seconds: 60, QuietFor: 30},
		Evidence: Evidence{Syscalls: calls},
	}
}

func call(name string, args *Arguments) Syscall {
	return Syscall{Name: name, Arch: ArchX8664, Part: PartApplication, Phases: []Phase{PhaseSteady}, Args: args}
}

func TestMergeCountsInHowManyRunsACallWasSeen(t *testing.T) {
	p := mustMerge(t,
		recordingOf(call("read", nil), call("write", nil)).Profile(),
		recordingOf(call("read", nil)).Profile(),
		recordingOf(call("read", nil), call("read", nil)).Profile())
	got := map[string]int{}
	for _, s := range p.Syscalls {
		got[s.Name] = s.Runs
	}
	if d := cmp.Diff(map[string]int{"read": 3, "write": 1}, got); d != "" {
		t.Error(d)
	}
	if len(p.Runs) != 3 {
		t.Errorf("%d runs, want 3", len(p.Runs))
	}
}

func TestArgumentsStayCompleteOnlyWhenEveryRunSawThem(t *testing.T) {
	tuples := func(from, n int) *Arguments {
		a := &Arguments{Index: []int{0}, Complete: true}
		for i := range n {
			a.Values = append(a.Values, []uint64{uint64(from + i)})
		}
		return a
	}
	for name, tc := range map[string]struct {
		a, b     *Arguments
		values   int
		complete bool
	}{
		"both complete":       {tuples(0, 2), tuples(1, 2), 3, true},
		"one run without":     {tuples(0, 2), nil, 2, false},
		"one incomplete":      {tuples(0, 2), &Arguments{Index: []int{0}}, 2, false},
		"too many together":   {tuples(0, 40), tuples(40, 40), MaxArgumentTuples, false},
		"as many as fit":      {tuples(0, 32), tuples(32, 32), MaxArgumentTuples, true},
		"different arguments": {tuples(0, 2), &Arguments{Index: []int{1}, Values: [][]uint64{{9}}, Complete: true}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustMerge(t, recordingOf(call("prctl", tc.a)).Profile(), recordingOf(call("prctl", tc.b)).Profile())
			got := p.ArgumentsFor("prctl", ArchX8664)
			if len(got.Values) != tc.values || got.Complete != tc.complete {
				t.Errorf("%d values, complete %v; want %d, %v", len(got.Values), got.Complete, tc.values, tc.complete)
			}
		})
	}
}

func TestMergeKeepsTheSightingThatExplainsMost(t *testing.T) {
	at := func(o *Origin) Profile {
		s := call("read", nil)
		s.First = o
		return recordingOf(s).Profile()
	}
	p := mustMerge(t, at(nil), at(&Origin{Comm: "x", Offset: 1}), at(&Origin{Program: "/x", Comm: "x", Offset: 9}),
		at(&Origin{Program: "/x", Comm: "x", Offset: 5}))
	if d := cmp.Diff(&Origin{Program: "/x", Comm: "x", Offset: 5}, p.Syscalls[0].First); d != "" {
		t.Error(d)
	}
}

func TestMergeRefusesWhatDoesNotBelongTogether(t *testing.T) {
	web := recordingOf(call("read", nil)).Profile()
	db, arm := web.clone(), web.clone()
	db.Service.Name = "db\x1b[31m"
	arm.Runs[0].Arch = ArchAARCH64
	if _, err := Merge(web, db); !errors.Is(err, ErrDifferentService) {
		t.Errorf("other service: %v", err)
	} else if bytes.ContainsRune([]byte(err.Error()), 0x1b) {
		t.Errorf("the error carries a control character: %q", err)
	}
	if p, err := (MergeOptions{AnyService: true}).Merge(web, db); err != nil || p.Service.Name != "web" {
		t.Errorf("forced: %v, name %q", err, p.Service.Name)
	}
	if _, err := (MergeOptions{AnyService: true}).Merge(web, arm); !errors.Is(err, ErrDifferentArch) {
		t.Errorf("other architecture: %v", err)
	}
	if _, err := Merge(); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing: %v", err)
	}
}

func TestExecutedCommandsAreTheSameByWhatTheyExecute(t *testing.T) {
	run := func(ids, programs [2]string) Profile {
		r := recordingOf()
		for i, id := range ids {
			r.Entries = append(r.Entries, Entry{ID: id, Kind: EntryExec, Program: programs[i], Runs: 1})
			s := call("read", nil)
			s.Part, s.Entry = PartExec, id
			r.Syscalls = append(r.Syscalls, s)
		}
		return r.Profile()
	}
	p := mustMerge(t, run([2]string{"exec-1", "exec-2"}, [2]string{"/b", "/a"}), run([2]string{"exec-1", "exec-2"}, [2]string{"/b", "/c"}))
	got := map[string]string{}
	for _, e := range p.Entries {
		got[e.ID] = e.Program
	}
	if d := cmp.Diff(map[string]string{"exec-1": "/a", "exec-2": "/b", "exec-3": "/c"}, got); d != "" {
		t.Error(d)
	}
	for _, s := range p.Syscalls {
		if want := map[string]int{"exec-1": 1, "exec-2": 2, "exec-3": 1}[s.Entry]; s.Runs != want {
			t.Errorf("%s: %d runs, want %d", s.Entry, s.Runs, want)
		}
	}
}

func TestMergeKeepsTheLargestAmountsOfAnyRun(t *testing.T) {
	run := func(r *Resources) Profile {
		rec := recordingOf(call("read", nil))
		rec.Resources = r
		return rec.Profile()
	}
	p := mustMerge(t, run(nil), run(&Resources{MemoryBytes: 5, Processes: 1}), run(&Resources{MemoryBytes: 3, OpenFiles: 7, MilliCPU: 2}))
	if d := cmp.Diff(&Resources{MemoryBytes: 5, Processes: 1, OpenFiles: 7, MilliCPU: 2}, p.Resources); d != "" {
		t.Error(d)
	}
	if p := mustMerge(t, run(nil), run(nil)); p.Resources != nil {
		t.Error("amounts that nobody measured")
	}
}

func TestMergeUnitesWhatWasDoneToOnePath(t *testing.T) {
	run := func(files ...File) Profile {
		rec := recordingOf()
		rec.Files = files
		return rec.Profile()
	}
	file := func(a ...Access) File { return File{Path: "/run/x", Access: a, Mount: MountRoot} }
	p := mustMerge(t, run(file(AccessWrite)), run(file(AccessRemove, AccessCreate), file(AccessCreate)), run(File{Path: "/run/x", Folder: true, Access: []Access{AccessCreate}}))
	want := []File{
		{Path: "/run/x", Access: []Access{AccessCreate, AccessRemove, AccessWrite}, Mount: MountRoot, Runs: 2},
		{Path: "/run/x", Folder: true, Access: []Access{AccessCreate}, Runs: 1},
	}
	if d := cmp.Diff(want, p.Files); d != "" {
		t.Error(d)
	}
}
