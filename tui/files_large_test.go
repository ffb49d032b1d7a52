package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
)

// largeDifference is the difference of a compose file of a thousand services, with a
// finding behind each of fifty thousand lines.
func largeDifference() loaded {
	l := large()
	var lines []engine.DiffLine
	for i := range l.hardening.Plan.Decisions {
		f := &l.hardening.Plan.Decisions[i].Finding
		switch i % 3 {
		case 0:
			lines = append(lines, engine.DiffLine{Kind: " ", Text: "    image: registry.example/team/service:1"}, engine.DiffLine{Kind: "-", Text: "    - 8080:80"})
			lines = append(lines, engine.DiffLine{Kind: "+", Text: "    - 127.0.0.1:8080:80", Findings: []string{f.ID()}})
		default:
			lines = append(lines, engine.DiffLine{Kind: "+", Text: "    read_only: true", Findings: []string{f.ID()}})
		}
	}
	l.hardening.Files = []engine.FileChange{{Path: "compose.hardened.yml", What: "compose file", State: engine.StateNew, From: "compose.yaml", Hunks: []engine.Hunk{{OldStart: 1, NewStart: 1, Lines: lines}}}}
	for i := range manyServices {
		l.hardening.Files = append(l.hardening.Files, engine.FileChange{Path: fmt.Sprintf("hardened/seccomp/service-%04d.json", i), What: "seccomp profile", State: engine.StateNew})
	}
	return l
}

// Each key is pressed and its frame drawn.
func BenchmarkFilesKeys50000Findings(b *testing.B) {
	m := mustModel(b, Options{Project: still{}, Feed: NewFeed()})
	m.receive(tea.WindowSizeMsg{Width: 200, Height: 60})
	m.receive(largeDifference())
	m.goTo("Files")
	m.frame()
	m.receive(keyOf("tab"))
	for _, key := range []string{"j", "G", "g", "n", "N", "t", ">", "<"} {
		b.Run(key, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				m.receive(keyOf(key))
				m.frame()
				took = append(took, time.Since(start))
			}
			b.ReportMetric(float64(slices.Max(took).Microseconds())/1000, "ms-worst")
		})
	}
	b.Run("filter", func(b *testing.B) {
		m.receive(keyOf("/"))
		for i := 0; b.Loop(); i++ {
			m.receive(keyOf(string("service9 "[i%9])))
			m.frame()
		}
		m.receive(keyOf("esc"))
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			m.version++
			m.frame()
		}
	})
}

func TestOnlyVisibleRowsOfADifferenceAreDrawn(t *testing.T) {
	m := mustModel(t, Options{Project: still{}, Feed: NewFeed()})
	m.receive(tea.WindowSizeMsg{Width: 200, Height: 60})
	m.receive(largeDifference())
	m.goTo("Files")
	m.frame()
	p, drawn := &m.files().content, 0
	remark := p.diff.remark
	p.diff.remark = func(id string) []line { drawn++; return remark(id) }
	for _, key := range []string{"tab", "j", "pgdown", "n", ">", "t"} {
		m.receive(keyOf(key))
		m.frame()
	}
	if n := p.rows.count(); drawn == 0 || drawn > 6*60 || n < manyFindings {
		t.Errorf("%d remarks of %d rows were drawn for six frames", drawn, n)
	}
}
