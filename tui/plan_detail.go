package tui

import (
	"fmt"
	"strings"

	"batten/plan"
)

// planDetail is the pane with everything about the finding under the cursor.
type planDetail struct {
	prose
	of   *planScreen
	made detailStamp
}

// detailStamp is what the text was made from.
type detailStamp struct {
	view viewStamp
	row  rowName
	w    int
}

func (p *planDetail) title(m *model) string {
	p.of.sync(m) // it may be the only one that is visible
	return p.of.rowTitle()
}

func (p *planDetail) lines(m *model, w, h int, _ bool) []line {
	p.of.sync(m)
	now := detailStamp{p.of.view.made, p.of.rowName(), w}
	if now != p.made {
		p.set(p.of.about(m, w))
		if now.row != p.made.row {
			p.end(false)
		}
		p.made = now
	}
	return p.draw(w, h)
}

func (s *planScreen) rowName() rowName {
	if _, ok := s.row(); !ok {
		return rowName{}
	}
	return s.view.nameAt(s.list.current())
}

// rowTitle names what the cursor is on.
func (s *planScreen) rowTitle() string {
	r, ok := s.row()
	switch {
	case !ok:
		return "Finding"
	case r.item < 0:
		return s.groupTitle(&s.view.groups[r.group])
	}
	return s.view.plan.Decisions[r.item].Finding.ID()
}

// about is everything about what the cursor is on.
func (s *planScreen) about(m *model, w int) []line {
	r, ok := s.row()
	switch {
	case !ok:
		return wrap(muted, "here stands what a finding rests on", w)
	case r.item < 0:
		return s.aboutGroup(&s.view.groups[r.group], w)
	}
	return s.aboutFinding(m, r.item, w)
}

func (s *planScreen) aboutFinding(m *model, i, w int) []line {
	d := &s.view.plan.Decisions[i]
	f, rule := &d.Finding, s.rules[d.Finding.Rule]
	out := wrap(strong, f.Message, w)
	out = append(out, as(severityRole(f.Severity), severityText(f.Severity)).and(muted, "  "+serviceName(f.Service)+"  "+whereText(f.At)))
	out = append(out, otherPlaces(f.At)...)
	out = append(out, section("decision", s.decided(m, i, w))...)
	out = append(out, section("evidence", evidenceLines(f.Evidence, w))...)
	out = append(out, section("what changes", changeLines(f.Fix, rule, w))...)
	out = append(out, section("risk of changing it", riskLines(f.Fix, rule, w))...)
	if rule.Why != "" {
		out = append(out, section("risk of keeping it", wrap(normal, rule.Why, w))...)
	}
	return append(out, section("from", ruleLines(rule, w))...)
}

// otherPlaces are where a finding stands beside the first place.
func otherPlaces(at []plan.Position) []line {
	const shown = 4
	var out []line
	for n := 1; n < min(len(at), shown); n++ {
		out = append(out, as(muted, "also at ").and(normal, whereText(at[n:])))
	}
	if len(at) > shown {
		out = append(out, as(muted, fmt.Sprintf("and at %d more", len(at)-shown)))
	}
	return out
}

// decided is how the finding stands: by whom, why, and what it does to the score.
func (s *planScreen) decided(m *model, i, w int) []line {
	d, at := &s.view.plan.Decisions[i], s.view.stand[i]
	own, has := s.view.setting(d)
	k := marks[at]
	by, reason := s.view.decider(d), d.Reason
	if has {
		reason = own.Reason
	}
	head := as(k.role, k.sign+" "+k.word)
	if able := at == standApplied || at == standLeft; able || by != plan.ByDefault {
		head = head.and(byRole(by), ", "+bySentences[by])
	}
	out := []line{head}
	if fix := d.Finding.Fix; fix != nil && fix.Blocked != "" {
		out = append(out, labelled("why", warning, fix.Blocked, w)...)
		if fix.Measure != "" {
			out = append(out, labelled("measure", accent, fix.Measure, w)...)
		}
		if reason == fix.Blocked {
			reason = ""
		}
	}
	if reason != "" {
		out = append(out, labelled("because", normal, reason, w)...)
	}
	if has && own.Value != "" {
		out = append(out, labelled("value", accent, own.Value+", chosen by you", w)...)
	}
	return append(out, s.scoreLines(m, d, at, w)...)
}

// scoreLines are what the decision does to the score of its service.
func (s *planScreen) scoreLines(m *model, d *plan.Decision, at standing, w int) []line {
	if d.Points == 0 {
		return nil
	}
	score, ok := s.view.scores[d.Finding.Service]
	text := fmt.Sprintf("%+d for each service, on average", d.Points)
	switch {
	case !ok:
	case m.planning > 0 && d.Apply != (at == standApplied):
		text = fmt.Sprintf("%+d for %s, being counted", d.Points, score.Service)
	case at == standApplied:
		text = fmt.Sprintf("%+d for %s: %d without it, %d with it", d.Points, score.Service, score.After-d.Points, score.After)
	default:
		text = fmt.Sprintf("%+d for %s when it is applied: %d now, %d then", d.Points, score.Service, score.After, score.After+d.Points)
	}
	return labelled("score", normal, text, w)
}

func evidenceLines(evidence []plan.Evidence, w int) []line {
	var out []line
	for _, e := range evidence {
		out = append(out, indented(as(muted, e.From), normal, e.Text, evidenceWidth, w)...)
	}
	return out
}

// evidenceWidth has room for where a fact comes from.
const evidenceWidth = 14

func changeLines(fix *plan.Fix, rule plan.Rule, w int) []line {
	if fix == nil {
		return append(wrap(normal, "nothing by batten: a person has to decide and do this", w), ruleFix(rule, w)...)
	}
	out := wrap(normal, fix.Summary, w)
	if fix.Value != "" {
		out = append(out, labelled("value", normal, fix.Value, w)...)
	}
	if len(fix.Options) > 0 {
		out = append(out, labelled("others", muted, strings.Join(fix.Options, ", ")+" (v chooses)", w)...)
	}
	for i, c := range fix.Changes {
		if i == 12 {
			out = append(out, as(muted, fmt.Sprintf("  and %d more edits", len(fix.Changes)-i)))
			break
		}
		out = append(out, changeLine(c, w)...)
	}
	for _, f := range fix.Files {
		out = append(out, as(good, "+ ").and(normal, f.Path))
	}
	for _, n := range fix.Notes {
		out = append(out, indented(as(warning, "note"), normal, n, 6, w)...)
	}
	return out
}

func ruleFix(rule plan.Rule, w int) []line {
	if rule.Fix == "" {
		return nil
	}
	return wrap(muted, rule.Fix, w)
}

func riskLines(fix *plan.Fix, rule plan.Rule, w int) []line {
	if fix == nil {
		return nil
	}
	var out []line
	if fix.Risk != "" {
		out = append(out, wrap(warning, fix.Risk, w)...)
	}
	if rule.Breaks != "" {
		out = append(out, wrap(normal, rule.Breaks, w)...)
	}
	if out == nil {
		return wrap(muted, "none is known", w)
	}
	return out
}

func ruleLines(rule plan.Rule, w int) []line {
	if rule.ID == "" {
		return nil
	}
	out := indented(as(muted, rule.ID), strong, rule.Title, 6, w)
	for _, one := range rule.Sources {
		out = append(out, indented(nil, muted, strings.TrimSpace(one.Name+" "+one.Item), 6, w)...)
	}
	return out
}
