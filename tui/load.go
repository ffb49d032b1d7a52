package tui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/plan"
)

var errInterrupted = fault.Wrap(fault.Interrupted, errors.New("interrupted"), "")

// load looks at the project and plans it.
func (m *model) load() work {
	p, request := m.options.Project, m.request()
	return m.start("looking at the project", false, func(ctx context.Context, _ <-chan struct{}) (message, error) {
		found, err := p.Inspect(ctx, request.SurveyRequest)
		if err != nil {
			return loaded{err: err}, err
		}
		h, err := p.Harden(ctx, request)
		return loaded{found, h, err}, err
	})
}

// request is what the project is asked with: the settings of the command line, then the
// user's.
func (m *model) request() engine.HardenRequest {
	r := engine.HardenRequest{SurveyRequest: m.options.Survey, Keep: true}
	r.Settings = m.settings()
	return r
}

func (m *model) settings() []plan.Setting {
	return slices.Concat(m.options.Survey.Settings, m.decisions.now)
}

// loaded is the project as it is now.
type loaded struct {
	inspection *engine.Inspection
	hardening  *engine.Hardening
	err        error
}

func (l loaded) arrive(m *model) work {
	m.failed = l.err
	if l.inspection != nil {
		m.inspection = l.inspection
	}
	if l.hardening != nil {
		m.hardening = l.hardening
	}
	m.version++
	return nil
}

// decide takes decisions of the user and plans anew beside everything else. What is
// shown follows at once; scores, files and what other rules make of it come with the new
// plan.
func (m *model) decide(settings ...plan.Setting) work {
	if len(settings) == 0 {
		return nil
	}
	m.decisions.add(settings...)
	return m.replan()
}

func (m *model) replan() work {
	m.version++
	m.generation++
	if m.hardening == nil {
		return nil
	}
	m.planning++
	h, settings, n := m.hardening, m.settings(), m.generation
	return m.aside(func(ctx context.Context) tea.Msg {
		made, err := h.With(ctx, settings)
		return planned{n, made, err}
	})
}

// planned is a plan for decisions that may be out of date by now.
type planned struct {
	generation int
	hardening  *engine.Hardening
	err        error
}

func (p planned) arrive(m *model) work {
	m.planning--
	if p.generation != m.generation {
		return nil
	}
	if p.err != nil {
		return m.refused(p.err)
	}
	m.hardening = p.hardening
	m.version++
	return nil
}
