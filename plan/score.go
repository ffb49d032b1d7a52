package plan

import (
	"cmp"
	"slices"

	"batten/project"
)

// score fills the plan's scores and the points of its decisions.
func score(d *Draft, p *Plan) { p.Rescore(d.Facts) }

// Rescore counts anew after decisions were turned on or off. The facts are those
// that the plan was made from.
func (p *Plan) Rescore(facts Facts) {
	byService, whole := map[string][]int{}, []int{}
	slots := slotsByRule()
	for i, one := range p.Decisions {
		switch {
		case slots[one.Finding.Rule] == nil: // counts for nothing
		case one.Finding.Service == "":
			whole = append(whole, i)
		default:
			byService[one.Finding.Service] = append(byService[one.Finding.Service], i)
		}
	}
	network := networkOf(facts)
	gains := make([]int, len(p.Decisions))
	p.Scores = []Score{}
	for _, s := range facts.Project.Services {
		t := newTally(&scored{facts: &facts, service: s, network: network}, slots)
		mine := slices.Concat(whole, byService[s.Name])
		for _, i := range mine {
			t.count(p.Decisions[i])
		}
		for _, i := range mine {
			gains[i] += t.gain(p.Decisions[i])
		}
		p.Scores = append(p.Scores, t.score())
	}
	slices.SortStableFunc(p.Scores, func(a, b Score) int { return cmp.Compare(a.Service, b.Service) })
	for i := range p.Decisions {
		p.Decisions[i].Points = gains[i]
	}
	shareOut(p, whole, len(facts.Project.Services))
}

// shareOut makes the points of decisions on the whole project what its services
// gain on average, rounded up.
func shareOut(p *Plan, whole []int, services int) {
	for _, i := range whole {
		if services > 0 {
			p.Decisions[i].Points = (p.Decisions[i].Points + services - 1) / services
		}
	}
}

// ScoreOf is the score of one service under given decisions. Decisions on other
// services do not count; those on the whole project do. A service that the project
// does not have has the zero score.
func ScoreOf(facts Facts, decisions []Decision, service string) Score {
	s, ok := facts.Project.Service(service)
	if !ok {
		return Score{Service: service}
	}
	t := newTally(&scored{facts: &facts, service: s, network: networkOf(facts)}, slotsByRule())
	for _, one := range decisions {
		if one.Finding.Service == "" || one.Finding.Service == service {
			t.count(one)
		}
	}
	return t.score()
}

// scored is what a part looks at.
type scored struct {
	facts   *Facts
	service project.Service
	network networkFacts
}
