package tui

import (
	"fmt"
	"path"
	"strings"

	"batten/internal/engine"
)

// Kinds of profiles.
const (
	kindSeccomp  = "seccomp profile"
	kindAppArmor = "AppArmor profile"
)

// profileKind is the kind of profile that a file is, "" for others.
func profileKind(f *engine.FileChange) string {
	switch f.What {
	case kindSeccomp, kindAppArmor:
		return f.What
	}
	return ""
}

// serviceOf is the service that a profile is of.
func serviceOf(m *model, f *engine.FileChange) string {
	for _, c := range m.hardening.AppArmor {
		if c.Path == f.Path {
			return c.Service
		}
	}
	return strings.TrimSuffix(path.Base(f.Path), ".json")
}

// callRows are the calls of a seccomp profile, by the reason for which they are allowed;
// compared with Docker's default, those that it takes away come first.
func (p *contentPane) callRows(m *model, f *engine.FileChange, w int) []contentRow {
	groups := m.hardening.Calls(serviceOf(m, f))
	allowed, refused := 0, 0
	for _, g := range groups {
		if g.Refused {
			refused += len(g.Calls)
		} else {
			allowed += len(g.Calls)
		}
	}
	p.note = fmt.Sprintf("%d calls, %d of Docker's refused", allowed, refused)
	var out []contentRow
	add := func(g engine.CallGroup) {
		if len(g.Calls) == 0 {
			return
		}
		if out != nil {
			out = append(out, contentRow{})
		}
		sign, r := "✓ ", good
		if g.Refused {
			sign, r = "✗ ", bad
		}
		out = append(out, contentRow{line: as(r, sign).and(heading, g.Title).and(muted, fmt.Sprintf("  %d", len(g.Calls))), hunk: true})
		for _, c := range g.Calls {
			out = append(out, callRow(c, w)...)
		}
	}
	for _, g := range groups {
		if g.Refused == (p.of.view == viewCompared) {
			add(g)
		}
	}
	for _, g := range groups {
		if g.Refused != (p.of.view == viewCompared) {
			add(g)
		}
	}
	return out
}

// callRow is a call with the reason beside it.
func callRow(c engine.CallLine, w int) []contentRow {
	const name = 24
	l := column(normal, "  "+c.Name, name)
	if c.Security {
		l = column(warning, "▲ "+c.Name, name)
	}
	why := c.Why
	if c.Args != "" {
		why += "; only " + c.Args
	}
	if c.Docker != "" && c.Docker != "allowed" {
		why += "; Docker's default: " + c.Docker
	}
	var out []contentRow
	for _, row := range indented(l, muted, why, name+1, w) {
		out = append(out, contentRow{line: row, about: []string{c.Name}})
	}
	return out
}

// ruleRows are the rules of an AppArmor profile with the reason below or beside each.
func (p *contentPane) ruleRows(m *model, f *engine.FileChange, w int) []contentRow {
	var out []contentRow
	rules := 0
	for _, g := range m.hardening.AppArmorRules(serviceOf(m, f)) {
		if out != nil {
			out = append(out, contentRow{})
		}
		out = append(out, contentRow{line: as(heading, g.Title), hunk: true})
		for _, r := range g.Rules {
			rules++
			text := as(normal, "  "+r.Text)
			why := r.Why
			if r.Generalised != "" {
				why = r.Generalised + "; " + why
			}
			about := aboutRule(r.Text)
			if n := width(clean(text.text())); n+width(clean(why))+2 <= w {
				out = append(out, contentRow{line: text.and(muted, "  "+why), about: about})
				continue
			}
			out = append(out, contentRow{line: text, about: about})
			for _, row := range indented(said(""), muted, why, 8, w) {
				out = append(out, contentRow{line: row, about: about})
			}
		}
	}
	p.note = counted(rules, "rule", "rules")
	return out
}

// aboutRule is the path or capability that a rule is about.
func aboutRule(text string) []string {
	if rest, ok := strings.CutPrefix(text, "capability "); ok {
		return []string{"CAP_" + strings.ToUpper(strings.Trim(rest, ", "))}
	}
	if strings.HasPrefix(text, `"/`) {
		if at, _, ok := strings.Cut(text[1:], `"`); ok && !strings.ContainsAny(at, "*{@\\") {
			return []string{at}
		}
	}
	return nil
}
