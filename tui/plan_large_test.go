package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
	"batten/plan"
)

// handmade is a session on a plan of these decisions, which no engine made.
func handmade(t testing.TB, w, h int, decisions ...plan.Decision) *session {
	t.Helper()
	m, err := newModel(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.after = timeless
	m.hardening = &engine.Hardening{Plan: &plan.Plan{Decisions: decisions}}
	m.version++
	s := &session{t, m}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.keys("3")
	s.frame()
	return s
}

func manyDecisions(services, each int) []plan.Decision {
	var out []plan.Decision
	for i := range services {
		for k := range each {
			out = append(out, plan.Decision{Apply: k%3 != 0, By: plan.ByDefault, Points: k % 5, Finding: plan.Finding{
				Rule: fmt.Sprintf("B%03d", k), Service: fmt.Sprintf("service-%04d", i), Key: "key", Severity: worstFirst[k%5],
				Message: "a port is published on all addresses of the machine", Fix: &plan.Fix{Summary: "bind it to 127.0.0.1", Value: "127.0.0.1"},
			}})
		}
	}
	return out
}

// Each key is pressed and its frame drawn; the new plan that it starts is not waited for.
func BenchmarkPlanKeys50000Findings(b *testing.B) {
	s := handmade(b, 120, 40, manyDecisions(1000, 50)...)
	for _, key := range []string{"j", "G", "g", "space", "u", "f", "o", "a"} {
		b.Run(key, func(b *testing.B) {
			for range b.N {
				s.m.press(keyOf(key))
				s.m.frame()
			}
		})
	}
	b.Run("filter", func(b *testing.B) {
		s.m.press(keyOf("/"))
		for i := range b.N {
			s.m.press(keyOf(string("service9 "[i%9])))
			s.m.frame()
		}
	})
}

func TestAllOfFiftyThousandFindingsAreListedAndFound(t *testing.T) {
	s := handmade(t, 80, 24, manyDecisions(1000, 50)...)
	s.shows("of 51000")
	s.keys("/")
	s.write("service-0777 b049")
	s.keys("enter")
	s.shows("service-0777", "1 of 1 applied", "2 of 2")
	s.keys("esc")
	s.shows("of 51000")
}

func TestHostileFindingsStayInTheirCells(t *testing.T) {
	const evil = "a\x1b[31mb\u202ec\r\nd\u200be\u0301 漢字"
	d := plan.Decision{By: plan.ByUser, Reason: evil, Points: 3, Finding: plan.Finding{
		Rule: "B020", Service: evil, Key: evil, Severity: plan.High, Message: evil, At: []plan.Position{{File: evil, Line: 3}},
		Evidence: []plan.Evidence{{From: evil, Text: evil}},
		Fix: &plan.Fix{Summary: evil, Value: evil, Options: []string{evil}, Risk: evil, Notes: []string{evil},
			Changes: []plan.Change{plan.SetService(evil, evil, evil)}},
	}}
	for _, keys := range [][]string{{"3"}, {"o"}, {"o"}, {"enter"}, {"esc", "v"}, {"esc", "x"}, {"esc", "d"}} {
		for _, size := range []struct{ w, h int }{{40, 10}, {80, 24}, {120, 40}} {
			s := handmade(t, size.w, size.h, d)
			s.keys(keys...)
			frame := s.frame()
			if strings.ContainsAny(frame, "\x1b\r\u202e\u200b\u0301") {
				t.Fatalf("%v: what a terminal obeys is in the frame: %q", keys, frame)
			}
			for i, row := range strings.Split(frame, "\n") {
				if n := width(row); n != size.w {
					t.Errorf("%v at %dx%d: row %d is %d cells wide", keys, size.w, size.h, i, n)
				}
			}
		}
	}
}
