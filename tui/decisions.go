package tui

import (
	"slices"

	"batten/plan"
)

// decisions are what the user decided here and has not written yet, with what is needed
// to take it back. Each step is a whole list: settings are few, and lists do not change.
type decisions struct {
	now        []plan.Setting
	undo, redo [][]plan.Setting
	saved      []plan.Setting // as on disk
}

// add decides: a later word on the same finding takes the place of an earlier one.
func (d *decisions) add(settings ...plan.Setting) {
	d.become(d.instead(settings))
}

// back takes the last step back, and again puts it back; false when there is none.
func (d *decisions) back() bool  { return shift(&d.undo, &d.redo, &d.now) }
func (d *decisions) again() bool { return shift(&d.redo, &d.undo, &d.now) }

func shift(from, to *[][]plan.Setting, now *[]plan.Setting) bool {
	if len(*from) == 0 {
		return false
	}
	last := len(*from) - 1
	*to = append(*to, *now)
	*now, *from = (*from)[last], (*from)[:last]
	return true
}

// open are how many decisions are not written.
func (d *decisions) open() int {
	if slices.EqualFunc(d.now, d.saved, sameSetting) {
		return 0
	}
	saved := make(map[subject]plan.Setting, len(d.saved))
	for _, s := range d.saved {
		saved[subject{s.Rule, s.Service, s.Key}] = s
	}
	n := 0
	for _, s := range d.now {
		if !sameSetting(saved[subject{s.Rule, s.Service, s.Key}], s) {
			n++
		}
	}
	return max(n, 1)
}

// of is the decision on a finding, if there is one.
func (d *decisions) of(f plan.Finding) (plan.Setting, bool) {
	for _, s := range d.now {
		if s.Rule == f.Rule && s.Service == f.Service && s.Key == f.Key {
			return s, true
		}
	}
	return plan.Setting{}, false
}

func sameFinding(a, b plan.Setting) bool {
	return a.Rule == b.Rule && a.Service == b.Service && a.Key == b.Key
}

func sameSetting(a, b plan.Setting) bool {
	return sameFinding(a, b) && a.Value == b.Value && a.Reason == b.Reason && (a.Apply == nil) == (b.Apply == nil) && (a.Apply == nil || *a.Apply == *b.Apply)
}
