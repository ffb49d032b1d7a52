package tui

import (
	"cmp"
	"fmt"
	"slices"

	"batten/plan"
)

// byHand is the reason of what is left out by a key: batten.yaml and the command line
// want one.
const byHand = "left as it is by hand"

// become makes a whole list of decisions the present one, as a step that can be undone.
func (d *decisions) become(next []plan.Setting) {
	d.undo = append(d.undo, d.now)
	d.redo = nil
	d.now = next
}

// without is the list of decisions but those on some findings.
func (d *decisions) without(subjects map[subject]bool) []plan.Setting {
	return slices.DeleteFunc(slices.Clone(d.now), func(s plan.Setting) bool { return subjects[subject{s.Rule, s.Service, s.Key}] })
}

// wish is the decision to apply a finding, or to leave it; false when that is what is
// done anyway and no word is needed. A value that was chosen stays; written tells that
// batten.yaml has a decision of this session, which needs another one against it.
func (s *planScreen) wish(d *plan.Decision, apply, written bool) (plan.Setting, bool) {
	f := &d.Finding
	own, _ := s.view.setting(d)
	value := own.Value
	if value == "" && apply && f.Fix != nil && slices.ContainsFunc(f.Evidence, func(e plan.Evidence) bool { return e.From == plan.FromSettings }) {
		value = f.Fix.Value // of batten.yaml, where this takes its place
	}
	if usual, known := s.proposed[subjectOf(f)]; known && usual == apply && value == "" && !written {
		return plan.Setting{}, false
	}
	reason := ""
	if !apply {
		reason = byHand
	}
	return settingOf(*f, apply, value, reason), true
}

// next are the decisions after findings are applied or left.
func (s *planScreen) next(m *model, items []int, apply bool) []plan.Setting {
	about, written := make(map[subject]bool, len(items)), subjectsOf(m.decisions.saved)
	var said []plan.Setting
	for _, i := range items {
		d := &s.view.plan.Decisions[i]
		at := subjectOf(&d.Finding)
		about[at] = true
		if one, needed := s.wish(d, apply, written[at]); needed {
			said = append(said, one)
		}
	}
	return append(m.decisions.without(about), said...)
}

// instead are the decisions with others in the place of those on the same findings.
func (d *decisions) instead(settings []plan.Setting) []plan.Setting {
	return append(d.without(subjectsOf(settings)), settings...)
}

func subjectsOf(settings []plan.Setting) map[subject]bool {
	out := make(map[subject]bool, len(settings))
	for _, s := range settings {
		out[subject{s.Rule, s.Service, s.Key}] = true
	}
	return out
}

// become takes decisions over and plans anew.
func (s *planScreen) become(m *model, next []plan.Setting) work {
	m.decisions.become(next)
	return m.replan()
}

// toggled are the findings that a key on this row acts on, and what it makes of them:
// a finding is turned over; of a group all are applied, or, where all are, none.
func (s *planScreen) toggled(whole bool) (items []int, apply bool) {
	r, ok := s.row()
	if !ok {
		return nil, false
	}
	if r.item >= 0 && !whole {
		return []int{r.item}, s.view.stand[r.item] != standApplied
	}
	for _, i := range s.view.groups[r.group].items {
		if at := s.view.stand[i]; at == standApplied || at == standLeft {
			items = append(items, i)
			apply = apply || at == standLeft
		}
	}
	return items, apply
}

// cannotToggle says why this row, or its group, cannot be turned over.
func (s *planScreen) cannotToggle(whole bool) string {
	r, ok := s.row()
	if !ok {
		return "there is no finding here"
	}
	if r.item < 0 || whole {
		if items, _ := s.toggled(true); len(items) == 0 {
			return "none of this group can be applied by batten"
		}
		return ""
	}
	f := &s.view.plan.Decisions[r.item].Finding
	switch s.view.stand[r.item] {
	case standAdvice:
		return "a person has to decide and do this; x notes why not"
	case standBlocked:
		return blockedText(f)
	}
	return ""
}

// blockedText says why a finding cannot be applied, and what would change that.
func blockedText(f *plan.Finding) string {
	switch {
	case f.Fix.Measure != "":
		return f.Fix.Blocked + ": " + f.Fix.Measure
	case takesValue(f):
		return "v sets a value: " + f.Fix.Blocked
	}
	return f.Fix.Blocked
}

func (s *planScreen) toggle(m *model, whole bool) work {
	items, apply := s.toggled(whole)
	if len(items) == 0 {
		return nil
	}
	next := s.next(m, items, apply)
	m.tell(normal, s.told(items, apply, whole))
	return s.become(m, next)
}

// told says what a key did.
func (s *planScreen) told(items []int, apply, whole bool) string {
	r, _ := s.row()
	if len(items) == 1 && r.item >= 0 && !whole {
		id := s.view.plan.Decisions[items[0]].Finding.ID()
		if apply {
			return id + " is applied"
		}
		return id + " is left as it is; x gives a reason of yours"
	}
	g := &s.view.groups[r.group]
	text := fmt.Sprintf("%s of %s left as they are", counted(len(items), "finding", "findings"), s.groupName(g))
	if apply {
		text = fmt.Sprintf("%s of %s applied", counted(len(items), "finding", "findings"), s.groupName(g))
	}
	if n := g.count[standBlocked]; n > 0 && apply {
		text += fmt.Sprintf("; %d blocked", n)
	}
	return text
}

// groupName is a group in a sentence.
func (s *planScreen) groupName(g *planGroup) string {
	if s.view.by == byRule {
		return g.name
	}
	return cmp.Or(g.name, "the whole project")
}

// skip leaves a finding, or a group, for a reason of the user.
func (s *planScreen) skip(m *model) work {
	r, ok := s.row()
	if !ok {
		return nil
	}
	items := []int{r.item}
	what := "why is this left as it is?"
	if r.item < 0 {
		items = slices.Clone(s.view.groups[r.group].items)
		what = fmt.Sprintf("why are these %d left as they are?", len(items))
	}
	decisions := s.view.plan.Decisions
	p := newPrompt(what, s.reasonOf(items[0]), func(m *model, text string) work {
		var said []plan.Setting
		for _, i := range items {
			said = append(said, settingOf(decisions[i].Finding, false, "", text))
		}
		m.tell(normal, "left as "+isAre(len(said))+": "+text)
		return s.become(m, m.decisions.instead(said))
	})
	p.note = "the reason is kept in batten.yaml and in the report"
	p.refuse = needsReason
	m.open(p)
	return nil
}

// reasonOf is the reason that the user gave before.
func (s *planScreen) reasonOf(i int) string {
	own, has := s.view.setting(&s.view.plan.Decisions[i])
	if !has || own.Reason == byHand {
		return ""
	}
	return own.Reason
}

func isAre(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}
