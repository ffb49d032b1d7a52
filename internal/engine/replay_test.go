package engine

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"batten/internal/fault"
	"batten/profiles"
)

// observedShop is the demonstration's project with what its engine tells.
func observedShop(t *testing.T) (*Engine, *[]Progress) {
	t.Helper()
	e, told := demoShop(t), &[]Progress{}
	e.options.Events = func(ev Event) {
		if p, ok := ev.(Progress); ok {
			*told = append(*told, p)
		}
	}
	return e, told
}

func recordedAt(t *testing.T, e *Engine, names ...string) []profiles.Profile {
	t.Helper()
	var out []profiles.Profile
	for _, name := range names {
		p, err := e.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestAReplayTellsEverythingOnceAndWhenItWasSeen(t *testing.T) {
	e, told := observedShop(t)
	recorded := recordedAt(t, e, "web", "db")
	telling := newTelling(e, recorded)
	for at, over := time.Duration(0), false; !over; at += 250 * time.Millisecond {
		var err error
		if over, err = telling.until(at); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]map[sightingKey]bool{}
	for _, p := range *told {
		for _, s := range p.Services {
			if seen[s.Service] == nil {
				seen[s.Service] = map[sightingKey]bool{}
			}
			for _, one := range s.New {
				if seen[s.Service][one.key()] {
					t.Errorf("%v is told twice", one)
				}
				seen[s.Service][one.key()] = true
				if one.Origin != nil && time.Duration(one.Origin.Offset)*time.Millisecond > p.Elapsed {
					t.Errorf("%v is told after %v", one, p.Elapsed)
				}
				if one.Phase == "" || one.Kind == KindFile && one.Detail == "" {
					t.Errorf("%+v does not say when or how", one)
				}
			}
		}
	}
	for _, p := range recorded {
		want := map[sightingKey]bool{}
		for s := range sightings(profiles.Recording{Evidence: p.Evidence}) {
			want[s.key()] = true
		}
		if got := seen[p.Service.Name]; len(got) != len(want) || len(got) < 100 {
			t.Errorf("%s: %d things told of %d", p.Service.Name, len(got), len(want))
		}
	}
	last := (*told)[len(*told)-1]
	if len(*told) < 20 || len(last.Services) != 2 || last.Services[1].Files < 100 || last.Services[0].Sockets == 0 {
		t.Errorf("%d events, the last: %+v", len(*told), last)
	}
}

func TestTheTellingOfAReplayFollowsThePhases(t *testing.T) {
	e, told := observedShop(t)
	telling := newTelling(e, recordedAt(t, e, "web"))
	for at, over := time.Duration(0), false; !over; at += 100 * time.Millisecond {
		over, _ = telling.until(at)
	}
	var phases []profiles.Phase
	for _, p := range *told {
		phases = append(phases, p.Services[0].Phase)
	}
	if got := slices.Compact(phases); got[0] != profiles.PhaseStartup || !slices.Contains(got, profiles.PhaseSteady) {
		t.Errorf("phases %v", got)
	}
}

// A row that does not say when it was seen comes with the one before it.
func TestRowsWithoutAnOriginAreToldWithTheirNeighbours(t *testing.T) {
	call := func(name string, at ...uint64) profiles.Syscall {
		s := profiles.Syscall{Name: name, Part: profiles.PartApplication}
		if len(at) > 0 {
			s.First = &profiles.Origin{Offset: at[0]}
		}
		return s
	}
	tape := newTape(profiles.Profile{Evidence: profiles.Evidence{
		Syscalls: []profiles.Syscall{call("accept"), call("bind", 900), call("brk"), call("close", 100), call("dup")},
		Loss:     profiles.Loss{Events: 1},
	}})
	for at, want := range map[uint64][]string{0: nil, 100: {"close", "dup"}, 899: {"close", "dup"}, 900: {"close", "dup", "accept", "bind", "brk"}} {
		var got []string
		rec := tape.until(at)
		for _, s := range rec.Syscalls {
			got = append(got, s.Name)
		}
		if !slices.Equal(got, want) || (rec.Loss.Events > 0) != (at == 900) {
			t.Errorf("at %d: %v, loss %v", at, got, rec.Loss)
		}
	}
}

func TestAReplayEndsByItselfWithTheStopAndWithTheContext(t *testing.T) {
	e, told := observedShop(t)
	if err := e.Replay(t.Context(), nil, 1000, nil); err != nil || len(*told) == 0 {
		t.Errorf("%v, %d events", err, len(*told))
	}
	before, err := os.ReadDir(e.Dir() + "/hardened/recordings")
	if err != nil || len(before) != 4 {
		t.Errorf("it wrote something: %v, %v", before, err)
	}
	stop := make(chan struct{})
	close(stop)
	if err := e.Replay(t.Context(), []string{"web"}, 0.001, stop); err != nil {
		t.Errorf("stopped: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Replay(ctx, []string{"web"}, 0.001, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestAReplayNeedsARecordingAndAPace(t *testing.T) {
	e := demoShop(t)
	for _, err := range []error{
		e.Replay(t.Context(), []string{"nobody"}, 1, nil), e.Replay(t.Context(), nil, 0, nil), e.Replay(t.Context(), nil, -1, nil),
	} {
		if fault.KindOf(err) != fault.Usage {
			t.Errorf("%v", err)
		}
	}
}
