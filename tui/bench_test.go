package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
	"batten/plan"
	"batten/profiles"
)

const (
	manyServices = 1_000
	manyFindings = 50_000
	eventRate    = 100_000 // a second
)

// large is a project of a thousand services with fifty thousand findings.
func large() loaded {
	severities := []plan.Severity{plan.Critical, plan.High, plan.Medium, plan.Low, plan.Info}
	found := &engine.Inspection{Project: "large"}
	p := &plan.Plan{Project: "large", Target: plan.TargetCompose}
	for i := range manyServices {
		name := fmt.Sprintf("service-%04d", i)
		score := plan.Score{Service: name, Before: i % 60, After: 60 + i%40}
		found.Services = append(found.Services, engine.InspectedService{
			Name: name, Image: "registry.example/team/" + name + ":1", User: "root", Ports: []string{"8080:80"}, Networks: []string{"default"}, Score: score,
		})
		p.Scores = append(p.Scores, score)
		if i > 0 {
			p.Edges = append(p.Edges, plan.Edge{From: fmt.Sprintf("service-%04d", i-1), To: name, Port: 80, Protocol: "tcp"})
		}
		for n := range manyFindings / manyServices {
			p.Decisions = append(p.Decisions, plan.Decision{
				Finding: plan.Finding{
					Rule: fmt.Sprintf("B%03d", n+1), Service: name, Key: fmt.Sprint(n), Severity: severities[n%5], Message: "the root file system can be written",
					Evidence: []plan.Evidence{{From: plan.FromRecording, Text: "nothing was written in 3 runs"}},
					Fix:      &plan.Fix{Summary: "make the root file system read-only", Risk: "a write that was not recorded fails"},
				},
				Apply: n%2 == 0, By: plan.ByDefault, Points: n % 7,
			})
		}
	}
	found.Edges = p.Edges
	return loaded{inspection: found, hardening: &engine.Hardening{Project: "large", Plan: p}}
}

// events are what comes in d at the rate: one Progress of many sightings.
func events(from int, d time.Duration) engine.Progress {
	n := int(eventRate * d.Seconds())
	p := engine.Progress{Elapsed: d}
	one := engine.ServiceProgress{Service: "service-0001", Phase: profiles.PhaseSteady}
	for i := range n {
		one.New = append(one.New, engine.Sighting{
			Kind: engine.KindFile, Name: fmt.Sprintf("/var/lib/data/%09d", from+i), Detail: "read", Part: profiles.PartApplication, Phase: profiles.PhaseSteady,
			Origin: &profiles.Origin{Program: "/usr/bin/server", Comm: "server", Offset: uint64(i)},
		})
	}
	p.Services = append(p.Services, one)
	return p
}

// A key is answered when the frame after it is drawn. Between keys events arrive at the
// rate, and every tenth of a second they are taken over.
func BenchmarkAKeyInALargeProject(b *testing.B) {
	project := large()
	for at, name := range []string{"Overview", "Trace", "Plan", "Files"} {
		b.Run(name, func(b *testing.B) {
			m := mustModel(b, Options{Project: still{}, Feed: NewFeed()})
			m.receive(tea.WindowSizeMsg{Width: 200, Height: 60})
			m.receive(project)
			m.at = at
			m.trace.begin()
			m.frame()
			var took []time.Duration
			keys := []tea.KeyPressMsg{keyOf("j"), keyOf("j"), keyOf("pgdown"), keyOf("k"), keyOf("tab")}
			const between = 10 * time.Millisecond
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				m.options.Feed.Handle(events(i*1000%100_000, between))
				b.StartTimer()
				start := time.Now()
				if i%10 == 0 {
					m.tick()
				}
				m.receive(keys[i%len(keys)])
				m.frame()
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-99%")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms-worst")
		})
	}
}

// Typing a filter goes through all findings at each character.
func BenchmarkAFilterInALargeProject(b *testing.B) {
	project := large()
	m := mustModel(b, Options{Project: still{}, Feed: NewFeed()})
	m.receive(tea.WindowSizeMsg{Width: 200, Height: 60})
	m.receive(project)
	m.goTo("Plan")
	m.frame()
	for b.Loop() {
		m.receive(keyOf("/"))
		for _, key := range []string{"0", "9", "9", "9"} {
			m.receive(keyOf(key))
			m.frame()
		}
		m.receive(keyOf("esc"))
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N)/4, "ms/character")
}

// A frame of the bundled project, at the sizes that frames are kept of.
func BenchmarkFrame(b *testing.B) {
	o, project := loadedOnce(b)
	for _, size := range frameSizes {
		b.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(b *testing.B) {
			m := mustModel(b, o)
			m.receive(tea.WindowSizeMsg{Width: size.w, Height: size.h})
			m.receive(project)
			for b.Loop() {
				m.frame()
			}
		})
	}
}
