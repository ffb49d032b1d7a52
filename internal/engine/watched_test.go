package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"batten/profiles"
)

// feed is a session that shows what it is given.
type feed struct{ recs []profiles.Recording }

func (f *feed) Snapshot() ([]profiles.Recording, error) { return f.recs, nil }
func (f *feed) SetPhase(string, profiles.Phase)         {}

// polled polls once a second, giving the recorder what make says at each, and returns
// what it told.
func polled(t testing.TB, times int, make func(second int) profiles.Recording) []ServiceProgress {
	t.Helper()
	var out []ServiceProgress
	e := &Engine{options: Options{Events: func(ev Event) {
		if p, ok := ev.(Progress); ok {
			out = append(out, p.Services...)
		}
	}}}
	f := &feed{}
	r := newRecorder(e, nil, f, time.Time{})
	for i := range times {
		f.recs = []profiles.Recording{make(i)}
		f.recs[0].Service.Name = "web"
		if err := r.poll(time.Time{}.Add(time.Duration(i) * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func everything() profiles.Recording {
	app, first := profiles.PartApplication, &profiles.Origin{Program: "/bin/web", Offset: 7, Phase: profiles.PhaseSteady}
	return profiles.Recording{Evidence: profiles.Evidence{
		Syscalls:     []profiles.Syscall{{Name: "openat", Part: app, First: first}, {Name: "mount", Part: profiles.PartRuntime}},
		Capabilities: []profiles.Capability{{Name: "CAP_CHOWN", Granted: true, Part: app, Class: profiles.ClassNeed, Caller: "chown_common", Phases: []profiles.Phase{profiles.PhaseStartup}}},
		Denied:       []profiles.Denial{{Name: "bpf", Part: app, Errno: 1}, {Name: "reboot", Part: app, Killed: true}},
		Programs:     []profiles.Program{{Path: "/bin/web", Part: app}},
		Files: []profiles.File{
			{Path: "/etc/passwd", Access: []profiles.Access{profiles.AccessRead}, Part: app, Program: "/bin/web"},
			{Path: "/etc/passwd", Access: []profiles.Access{profiles.AccessRead}, Part: profiles.PartExec, Program: "/bin/sh"},
			{Path: "/run/x", Access: []profiles.Access{profiles.AccessCreate, profiles.AccessWrite}, Part: app},
			{Path: "/proc/1", Access: []profiles.Access{profiles.AccessRead}, Part: profiles.PartRuntime},
		},
		Sockets:  []profiles.Socket{{Use: profiles.SocketListen, Protocol: "tcp", Address: "0.0.0.0", Port: 80, Part: app}},
		Contacts: []profiles.Contact{{Kind: profiles.ContactSignal, Signal: "TERM", Part: app}},
	}}
}

func TestASightingSaysWhatWasSeenHowAndWhen(t *testing.T) {
	told := polled(t, 2, func(int) profiles.Recording { return everything() })
	var got []string
	for _, s := range told[0].New {
		got = append(got, fmt.Sprintf("%s %s (%s) %s %v", s.Kind, s.Name, s.Detail, s.Phase, s.Origin != nil))
	}
	want := []string{
		"call openat () steady true",
		"capability CAP_CHOWN (chown_common) startup false",
		"denial bpf (EPERM) startup false", "denial reboot (killed) startup false",
		"program /bin/web () startup false",
		"file /etc/passwd (read) startup false", "file /etc/passwd (read) startup false", "file /run/x (create write) startup false",
		"socket listen tcp 0.0.0.0:80 () startup false",
		"signal signal TERM to its own processes () startup false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%q\nwant\n%q", got, want)
	}
	if s := told[0]; s.Calls != 1 || s.Capabilities != 1 || s.Denied != 2 || s.Programs != 1 || s.Files != 2 || s.Sockets != 1 || s.Lost || s.Losses != nil {
		t.Errorf("counts %+v", s)
	}
	if s := told[1]; len(s.New) != 0 || s.Files != 2 {
		t.Errorf("told again: %+v", s)
	}
}

// A service counts as started when nothing new is seen: one that keeps making files
// would never be.
func TestNewFilesDoNotEndTheQuiet(t *testing.T) {
	w := newWatched("web")
	w.add(everything(), profiles.PhaseStartup)
	more := everything()
	more.Files = append(more.Files, profiles.File{Path: "/tmp/1", Part: profiles.PartApplication})
	more.Sockets = append(more.Sockets, profiles.Socket{Protocol: "tcp", Port: 81, Part: profiles.PartApplication})
	if w.add(more, profiles.PhaseSteady) || len(w.fresh) != 12 {
		t.Errorf("news, or not told: %d", len(w.fresh))
	}
	more.Syscalls = append(more.Syscalls, profiles.Syscall{Name: "close", Part: profiles.PartApplication})
	if !w.add(more, profiles.PhaseSteady) {
		t.Error("a new call is no news")
	}
}

func TestWhatWasLostIsToldInTheWordsOfTheProfile(t *testing.T) {
	for _, c := range []struct {
		loss profiles.Loss
		want int
		lost bool
	}{
		{profiles.Loss{}, 0, false}, {profiles.Loss{MapFull: 3}, 1, true}, {profiles.Loss{Paths: 2, IOURing: true}, 2, false},
		{profiles.Loss{Unattributed: 1, Guessed: 1}, 2, true},
	} {
		told := polled(t, 1, func(int) profiles.Recording {
			rec := everything()
			rec.Run.Files, rec.Loss = profiles.FilesLSM, c.loss
			return rec
		})
		if s := told[0]; len(s.Losses) != c.want || s.Lost != c.lost {
			t.Errorf("%+v: %q, %v", c.loss, s.Losses, s.Lost)
		}
	}
}

// BenchmarkPoll measures a poll that finds nothing new, by the files that are known.
func BenchmarkPoll(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprintf("files=%d", n), func(b *testing.B) {
			rec := everything()
			for i := range n {
				rec.Files = append(rec.Files, profiles.File{Path: fmt.Sprintf("/srv/%d", i), Part: profiles.PartApplication})
			}
			r := newRecorder(&Engine{}, nil, &feed{[]profiles.Recording{rec}}, time.Time{})
			for b.Loop() {
				if err := r.poll(time.Time{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
