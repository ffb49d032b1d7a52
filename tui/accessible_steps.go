package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"batten/internal/engine"
)

// The steps of a session without a screen, in their order: look, trace, decide, see the
// diff, write.

// services lists them, and tells more of those that are asked for.
func (t *interview) services() error {
	o := t.m.overview()
	o.state.refresh(t.m)
	rows := o.state.rows
	t.heading(t.m.projectName() + ": " + counted(len(rows), "service", "services") + ", weakest first")
	for i := range rows {
		t.say(fmt.Sprintf("%d. %s", i+1, t.serviceLine(&rows[i])))
	}
	for len(rows) > 0 {
		text, err := t.ask("look at a service? its number or name:")
		if err != nil || text == "" {
			return err
		}
		n, _ := strconv.Atoi(text)
		i := slices.IndexFunc(rows, func(r serviceRow) bool { return r.name == text })
		if i = cmp.Or(i+1, n) - 1; i < 0 || i >= len(rows) {
			t.say("there is no service " + text)
			continue
		}
		t.service(rows[i].known)
	}
	return nil
}

func (t *interview) serviceLine(r *serviceRow) string {
	text := fmt.Sprintf("%s: score %d", r.name, r.score.Before)
	if r.planned {
		text += fmt.Sprintf(", %d after hardening", r.score.After)
	}
	evidence := strings.TrimPrefix(evidenceLine(r.known).text(), "✓ ")
	return fmt.Sprintf("%s; %s; %s, %d of them left; %s", text, evidence, counted(r.now, "finding", "findings"), r.left, r.worstText())
}

// service tells of one what its pane shows.
func (t *interview) service(s *engine.InspectedService) {
	t.heading(s.Name)
	for _, row := range [][2]string{
		{"image", cmp.Or(s.Image, "built here")}, {"user", cmp.Or(s.User, "not known")}, {"ports", strings.Join(s.Ports, ", ")},
		{"networks", strings.Join(s.Networks, ", ")}, {"mounts", strings.Join(s.Mounts, ", ")},
	} {
		t.say(row[0] + ": " + cmp.Or(row[1], "none"))
	}
	for _, c := range s.Checklist {
		t.say(checked(c) + ": " + c.Text)
	}
}

func checked(c engine.ChecklistItem) string {
	switch {
	case c.Void:
		return "means nothing here"
	case c.Now:
		return "holds"
	case c.Then:
		return "will hold after hardening"
	}
	return "does not hold"
}

// verb does what a key does on its screen. What cannot be done now says why.
func (t *interview) verb(id string) error {
	for _, v := range t.m.verbs() {
		if v.id == id {
			t.m.goTo(v.where)
			w := t.m.perform(v)
			t.toast()
			return t.do(w)
		}
	}
	return nil
}

// off is why a verb cannot be done now.
func (t *interview) off(id string) string {
	for _, v := range t.m.verbs() {
		if v.id == id {
			return v.reason(t.m)
		}
	}
	return "it is not known"
}

// trace records what services need.
func (t *interview) trace() error {
	t.heading("trace")
	if why := t.off("trace.run"); why != "" {
		t.say("not now: " + why)
		return nil
	}
	for {
		text, err := t.ask("record what the services need? y starts, w sets a command that drives them, enter goes on without:")
		switch {
		case err != nil:
			return err
		case text == "w":
			err = t.verb("trace.workload")
		case isYes(text):
			t.say("ctrl+c ends it and keeps what was recorded")
			return t.verb("trace.run")
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// diff shows what would change in the compose files.
func (t *interview) diff() error {
	if t.m.hardening == nil {
		return nil
	}
	t.heading("diff")
	show, err := t.yes("show what would change in the compose files?")
	if err != nil || !show {
		return err
	}
	for _, f := range t.m.hardening.Files {
		for _, h := range f.Hunks {
			t.say(fmt.Sprintf("%s from line %d on, because of %s", f.Path, max(h.NewStart, 1), strings.Join(h.Findings, ", ")))
			for _, l := range h.Lines {
				t.say(l.Kind + " " + l.Text)
			}
		}
	}
	return nil
}

// write lists the files and asks before it writes them.
func (t *interview) write() error {
	t.heading("write")
	return t.verb("write")
}
