package engine

import (
	"context"
	"slices"

	"batten/plan"
)

// With decides anew with other settings of the user, from the facts that the hardening
// was made from: the project, the recordings and batten.yaml are not read again, and no
// engine is asked. The settings take the place of those of the request. What it makes is
// what [Engine.Harden] would make of the same facts; it tells no events. Others may read
// the hardening meanwhile, or call With.
func (h *Hardening) With(ctx context.Context, settings []plan.Setting) (*Hardening, error) {
	req := h.request
	req.Settings = slices.Clone(settings)
	s := h.survey.anew(req.Settings)
	if err := s.decide(); err != nil {
		return nil, err
	}
	if err := s.checkSettings(); err != nil {
		return nil, err
	}
	return s.harden(ctx, req)
}

// anew is a survey of the same facts before anything was decided. It shares what
// nothing changes: the project, the recordings, the sums and the profiles made of them.
func (s *survey) anew(settings []plan.Setting) *survey {
	out := *s
	quiet := s.engine.options
	quiet.Events = nil // the user was told
	out.engine = &Engine{options: quiet, dir: s.engine.dir, called: s.engine.called}
	base := s.settings.Choices[:len(s.settings.Choices)-len(s.request.Settings)]
	out.request.Settings = settings
	out.settings.Choices = slices.Concat(base, settings)
	out.settings.Refused = nil
	out.plan, out.policies, out.main, out.confinements, out.confined = nil, nil, nil, nil, nil
	return &out
}
