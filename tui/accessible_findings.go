package tui

import (
	"fmt"
	"strings"
)

// findings goes through the findings one by one.
func (t *interview) findings() error {
	s := planScreenOf(t.m)
	if s.view.plan == nil {
		t.heading("plan")
		t.say("there is no plan")
		return nil
	}
	t.heading("plan: " + counted(len(s.view.plan.Decisions), "finding", "findings"))
	for {
		text, err := t.ask("go through the findings? y for all, words for those that have them, such as a service or critical; enter goes on:")
		if err != nil || text == "" || text == "n" {
			return err
		}
		if isYes(text) {
			text = ""
		}
		names := t.chosenFindings(text)
		if len(names) == 0 {
			t.say("no finding has " + text)
			continue
		}
		return t.oneByOne(names)
	}
}

// chosenFindings are those that a filter lets through, in the order of the plan's list.
func (t *interview) chosenFindings(filter string) []rowName {
	s := planScreenOf(t.m)
	s.list.filter(filter)
	s.sync(t.m)
	var out []rowName
	for i, r := range s.view.rows {
		if r.item >= 0 {
			out = append(out, s.view.nameAt(i))
		}
	}
	s.list.filter("")
	s.sync(t.m)
	return out
}

// findingKeys are the answers about a finding, and the verbs that they do.
var findingKeys = map[string]string{"x": "plan.skip", "v": "plan.value", "e": "explain", "d": "plan.diff", "u": "undo"}

func (t *interview) oneByOne(names []rowName) error {
	t.say("y applies, n leaves, x leaves with a reason, v chooses a value, w tells why,")
	t.say("d shows the change, e explains the rule, u undoes, b goes back, done ends this")
	t.m.goTo("Plan")
	t.m.focus[t.m.at] = 0 // verbs act on what the list's cursor is on
	for i := 0; i < len(names); {
		s := planScreenOf(t.m)
		if !s.list.put(names[i]) {
			i++ // what was decided did away with it
			continue
		}
		t.finding(i+1, len(names))
		step, err := t.decideOne()
		if err != nil || step == stepDone {
			return err
		}
		i = max(i+int(step), 0)
	}
	return nil
}

// step is where to go after an answer.
type step int

const (
	stepBack step = -1
	stepStay step = 0
	stepNext step = 1
	stepDone step = 2
)

// finding says which one it is and how it stands.
func (t *interview) finding(n, of int) {
	s := planScreenOf(t.m)
	r, _ := s.row()
	d := s.current()
	f := &d.Finding
	t.heading(fmt.Sprintf("%d of %d: %s, %s: %s", n, of, f.ID(), f.Severity, s.rules[f.Rule].Title))
	t.lines(wrap(normal, f.Message, spokenWidth)...)
	if f.Fix != nil {
		t.lines(wrap(normal, "change: "+f.Fix.Summary, spokenWidth)...)
	}
	t.lines(spoken(s.decided(t.m, r.item, spokenWidth))...)
}

// decideOne asks about the finding with the cursor until it is decided or left.
func (t *interview) decideOne() (step, error) {
	for {
		text, err := t.ask("apply?")
		if err != nil {
			return stepDone, err
		}
		switch text = strings.ToLower(text); text {
		case "", "b", "done":
			return turns[text], nil
		case "y", "yes", "n", "no":
			if decided, err := t.decide(isYes(text)); decided || err != nil {
				return stepNext, err
			}
			continue
		case "w":
			s := planScreenOf(t.m)
			r, _ := s.row()
			t.lines(spoken(s.aboutFinding(t.m, r.item, spokenWidth))...)
			continue
		}
		id, known := findingKeys[text]
		switch {
		case !known:
			t.say("y, n, x, v, w, d, e, u, b, done, or enter for the next")
		case id == "explain" || id == "plan.diff":
			err = t.verb(id)
		default:
			return stepStay, t.verb(id) // it is asked again, as it stands then
		}
		if err != nil {
			return stepDone, err
		}
	}
}

// turns are the answers that lead to another finding.
var turns = map[string]step{"": stepNext, "b": stepBack, "done": stepDone}

// decide applies the finding with the cursor, or leaves it; false when that cannot be.
func (t *interview) decide(apply bool) (bool, error) {
	s := planScreenOf(t.m)
	r, _ := s.row()
	at := s.view.stand[r.item]
	if (at == standApplied) == apply {
		t.say(s.current().Finding.ID() + " stays as it is: " + marks[at].word)
		return true, nil
	}
	if why := t.off("plan.toggle"); why != "" {
		t.say("not now: " + why)
		return false, nil
	}
	return true, t.verb("plan.toggle")
}
