package plan

// slot is where a rule counts: a part and what is lacking in it.
type slot struct{ part, lack int }

// slotsByRule inverts the table of parts.
func slotsByRule() map[string][]slot {
	out := map[string][]slot{}
	for i, p := range scoreParts {
		for j, l := range p.lacks {
			for _, rule := range l.rules {
				out[rule] = append(out[rule], slot{i, j})
			}
		}
	}
	return out
}

// tally adds up what a service loses of each part. What any one decision adds is
// known from the sums, without adding up again.
type tally struct {
	of    *scored
	slots map[string][]slot
	lost  [][]loss // by part, by lack
}

// loss is what one lack costs. Of a stated one, which the facts tell, the best
// decision counts; of a counted one each open finding does.
type loss struct {
	before       int // stated: points lost when nothing is applied
	best, second int // stated: points lost under the best decision, and without it
	by           string
	all, open    int // counted: cost of all findings, and of those that stay open
}

func newTally(of *scored, slots map[string][]slot) *tally {
	t := &tally{of: of, slots: slots, lost: make([][]loss, len(scoreParts))}
	for i, p := range scoreParts {
		t.lost[i] = make([]loss, len(p.lacks))
		for j, l := range p.lacks {
			if l.before != nil {
				b := max(0, l.before(of))
				t.lost[i][j] = loss{before: b, best: b, second: b}
			}
		}
	}
	return t
}

// count takes a decision in.
func (t *tally) count(d Decision) {
	for _, s := range t.slots[d.Finding.Rule] {
		l, to := &scoreParts[s.part].lacks[s.lack], &t.lost[s.part][s.lack]
		if l.before == nil {
			if d.Finding.Service == "" {
				continue // what a service lacks is said of the service
			}
			to.all += l.costOf(d.Finding)
			if !d.Apply {
				to.open += l.costOf(d.Finding)
			}
			continue
		}
		if !d.Apply {
			continue
		}
		switch left := t.left(l, to, d.Finding); {
		case left < to.best:
			to.best, to.second, to.by = left, to.best, d.Finding.ID()
		case left < to.second:
			to.second = left
		}
	}
}

// left is what is still lost of a stated lack once a finding is dealt with: never
// more than before.
func (t *tally) left(l *lack, to *loss, f Finding) int {
	if l.left == nil {
		return 0
	}
	return min(to.before, max(0, l.left(t.of, f)))
}

// gain is the difference that a decision makes, the others given: what would be
// lost without it when it is applied, what it would add when it is not.
func (t *tally) gain(d Decision) int {
	total := 0
	for i := range scoreParts {
		value, other := 0, 0
		touched := false
		for _, s := range t.slots[d.Finding.Rule] {
			if s.part != i {
				continue
			}
			if !touched {
				touched, value = true, t.lostAfter(i)
				other = value
			}
			other += t.otherwise(s, d) - t.lost[i][s.lack].after(&scoreParts[i].lacks[s.lack])
		}
		if touched {
			total += abs(clampPart(i, value) - clampPart(i, other))
		}
	}
	return total
}

// otherwise is what a lack would cost if a decision were the opposite.
func (t *tally) otherwise(s slot, d Decision) int {
	l, to := &scoreParts[s.part].lacks[s.lack], &t.lost[s.part][s.lack]
	switch {
	case l.before == nil && d.Finding.Service == "":
		return to.after(l)
	case l.before == nil && d.Apply:
		return min(l.limit, to.open+l.costOf(d.Finding))
	case l.before == nil:
		return min(l.limit, to.open-l.costOf(d.Finding))
	case !d.Apply:
		return min(to.best, t.left(l, to, d.Finding))
	case to.by == d.Finding.ID():
		return to.second
	}
	return to.best
}

func (l *loss) after(of *lack) int {
	if of.before != nil {
		return l.best
	}
	return min(of.limit, l.open)
}

func (t *tally) lostAfter(part int) int {
	sum := 0
	for j := range t.lost[part] {
		sum += t.lost[part][j].after(&scoreParts[part].lacks[j])
	}
	return sum
}

func (t *tally) lostBefore(part int) int {
	sum := 0
	for j := range t.lost[part] {
		if l := &scoreParts[part].lacks[j]; l.before != nil {
			sum += t.lost[part][j].before
		} else {
			sum += min(l.limit, t.lost[part][j].all)
		}
	}
	return sum
}

// clampPart is what is left of a part's points.
func clampPart(part, lost int) int { return max(0, scoreParts[part].max-lost) }

func (t *tally) score() Score {
	out := Score{Service: t.of.service.Name, Parts: []ScorePart{}}
	for i, p := range scoreParts {
		one := ScorePart{Name: p.name, Max: p.max, Before: clampPart(i, t.lostBefore(i)), After: clampPart(i, t.lostAfter(i))}
		out.Before += one.Before
		out.After += one.After
		out.Parts = append(out.Parts, one)
	}
	return out
}

func abs(n int) int { return max(n, -n) }
