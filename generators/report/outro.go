package report

import (
	"slices"
	"strings"

	"batten/plan"
)

// dialectRule is the rule on what a reader of compose files does not take.
const dialectRule = "B056"

// dialect names what stays outside version 3.8, and who does not read it.
func (r *report) dialect() {
	var stays, translated []plan.Decision
	for _, d := range r.Plan.Decisions {
		switch {
		case d.Finding.Rule != dialectRule:
		case r.applied(d):
			translated = append(translated, d)
		default:
			stays = append(stays, d)
		}
	}
	if len(stays)+len(translated) == 0 {
		return
	}
	r.printf("## Outside version 3.8\n\n")
	if len(stays) > 0 {
		r.paragraph("The source has these, and the hardened file keeps them. Readers that do not take them refuse the file, or leave them out, as they did before.")
		for _, d := range stays {
			r.item(0, "%s", r.text(d.Finding.Message))
			r.evidence(d.Finding)
		}
		r.b.WriteByte('\n')
	}
	if len(translated) > 0 {
		r.paragraph("These were translated into what all readers take:")
		for _, d := range translated {
			r.item(0, "%s", r.text(d.Finding.Message))
		}
		r.b.WriteByte('\n')
	}
}

// secrets names what was moved out of the compose file. Values are not among what
// the report is given.
func (r *report) secrets() {
	type place struct{ service, file string }
	var order []place
	keys := map[place][]string{}
	for _, d := range r.Plan.Decisions {
		if !r.applied(d) || d.Finding.Fix == nil {
			continue
		}
		for _, f := range ownFiles(d.Finding) {
			at := place{d.Finding.Service, f.Path}
			if _, ok := keys[at]; !ok {
				order = append(order, at)
			}
			key := d.Finding.Key
			if key == "" {
				key = d.Finding.Rule
			}
			keys[at] = union(keys[at], []string{r.name(key)})
		}
	}
	var rows [][]string
	for _, at := range order {
		service := "the project"
		if at.service != "" {
			service = r.name(at.service)
		}
		rows = append(rows, []string{strings.Join(keys[at], ", "), service, r.name(at.file)})
	}
	if len(rows) == 0 {
		return
	}
	r.printf("## Secrets\n\n")
	r.paragraph("These values were taken out of the compose file and stand in files of their own now, which git ignores:")
	r.printf("%s\n", table([]string{"name", "service", "file"}, rows))
	r.paragraph("**Change each of them.** A value that stood in a compose file is in the history of the repository, in backups, in `docker inspect` of old containers and in the logs of whatever printed it. Moving it hides the next one, not this one. Set the new value at the service that checks it first (a database keeps its users' passwords in its own data), then in the file, then start the services that use it again.")
}

// files names what was written and how to go back.
func (r *report) files() {
	if len(r.Files) > 0 {
		r.printf("## Files\n\n")
		for _, f := range slices.Sorted(slices.Values(r.Files)) {
			r.item(0, "%s", r.name(f))
		}
		r.b.WriteByte('\n')
	}
	r.printf("## Going back\n\n")
	switch {
	case r.InPlace:
		r.paragraph("The source was changed: take it back from version control, start the project from it, and remove batten's files. `APPLY.md` has the commands.")
	default:
		r.paragraph("The source was not changed: start the project from it, and remove batten's files. `APPLY.md` has the commands. Data in named volumes stay where they are.")
	}
}

// background says once of each rule why it is there.
func (r *report) background() {
	if len(r.used) == 0 {
		return
	}
	r.printf("## The rules\n\n")
	for _, id := range r.order {
		if _, ok := r.used[id]; !ok {
			continue
		}
		rule := r.rules[id]
		// The heading is the ID alone: links of the report lead to it.
		r.printf("### %s\n\n", id)
		r.paragraph("**%s.** %s", strings.TrimSuffix(rule.Title, "."), oneLine(rule.Why))
		if rule.Breaks != "" {
			r.paragraph("What can break: %s", oneLine(rule.Breaks))
		}
		if from := sources(rule); from != "" {
			r.paragraph("From: %s.", from)
		}
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
