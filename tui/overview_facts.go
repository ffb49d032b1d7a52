package tui

import (
	"slices"
	"strings"
)

// serviceFacts are what the files and the engine say about it.
func (m *model) serviceFacts(r *serviceRow, w int) []line {
	out := []line{as(heading, "facts")}
	say := func(label string, r role, text string) { out = append(out, labelled(label, r, text, w)...) }
	k := r.known
	image := k.Image
	if image == "" {
		image = "built here, without a name"
	}
	say("image", normal, image)
	if k.Digest != "" {
		say("digest", muted, k.Digest)
	}
	user := r.userText()
	if user == "not known" {
		user = "not known: the image decides, and it was not looked at"
	}
	say("user", r.userRole(), user)
	out = append(out, m.portFacts(r, w)...)
	say("networks", normal, m.networkFacts(r))
	say("evidence", normal, r.evidence.text())
	for i, mount := range k.Mounts {
		label := "mounts"
		if i > 0 {
			label = ""
		}
		say(label, normal, mount)
	}
	if len(k.Mounts) == 0 {
		say("mounts", muted, "none")
	}
	return append(out, containerFacts(r, w)...)
}

// portFacts compares published ports with those under the plan.
func (m *model) portFacts(r *serviceRow, w int) []line {
	if len(r.ports) == 0 {
		return labelled("ports", muted, "none published", w)
	}
	var out []line
	for i, p := range r.ports {
		label, text, looks := "ports", p.text(), normal
		if i > 0 {
			label = ""
		}
		if p.open() {
			text, looks = "▲ "+text, warning
		}
		if then := m.overview().state.portAfter(r.name, p); then != "" {
			text += ", then " + then
		}
		out = append(out, labelled(label, looks, text, w)...)
	}
	return out
}

// portAfter is what the plan makes of a port, "" when it leaves it alone.
func (s *overviewState) portAfter(service string, p publication) string {
	one := layoutService(s.after, service)
	if one == nil {
		return ""
	}
	for _, a := range publicationsOf(one.Published) {
		if a == p {
			return ""
		}
		if a.target == p.target {
			return "at " + strings.TrimSpace(a.host+" "+a.short())
		}
	}
	return "not published"
}

// networkFacts compares the networks of a service with those under the plan.
func (m *model) networkFacts(r *serviceRow) string {
	now := strings.Join(r.known.Networks, ", ")
	if now == "" {
		now = "default"
	}
	one := layoutService(m.overview().state.after, r.name)
	if one == nil {
		return now
	}
	then := slices.Clone(one.Networks)
	if one.Mode != "" {
		then = []string{"mode " + one.Mode}
	}
	if text := strings.Join(then, ", "); text != now && text != "" {
		return now + " → " + text
	}
	return now
}

func containerFacts(r *serviceRow, w int) []line {
	if len(r.known.Containers) == 0 {
		return labelled("container", muted, "none exists", w)
	}
	var out []line
	for _, c := range r.known.Containers {
		looks := normal
		state := c.State
		if c.Health != "" {
			state += ", " + c.Health
		}
		if c.Privileged {
			state, looks = state+", privileged", warning
		}
		out = append(out, indented(as(muted, "container"), looks, c.Name+"  "+state, labelWidth, w)...)
	}
	return out
}
