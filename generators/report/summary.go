package report

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
)

func (r *report) summary() {
	r.printf("# Hardening of %s\n\n", r.name(r.Project.Name))
	applied, left := 0, 0
	for _, d := range r.Plan.Decisions {
		if r.applied(d) {
			applied++
		} else {
			left++
		}
	}
	where := "the changes stand in " + r.name(r.Hardened) + ", the source is as it was"
	if r.InPlace {
		where = "the changes were made in the source itself"
	}
	r.paragraph("batten looked at %s: %s dealt with, %s left; %s. The result is for %s. How to start it, and how to go back, is in `APPLY.md` beside this page.",
		count(len(r.Project.Services), "service", "services"), count(applied, "finding is", "findings are"), countLeft(left), where, targetText(r.Plan.Target))
	r.scores()
}

func countLeft(n int) string {
	if n == 0 {
		return "none is"
	}
	return count(n, "is", "are")
}

func targetText(t plan.Target) string {
	if t == plan.TargetSwarm {
		return "`docker stack deploy`"
	}
	return "docker-compose 1.29, `docker compose` and `docker stack`"
}

// scores is a table of services, with their parts as before and after.
func (r *report) scores() {
	if len(r.Plan.Scores) == 0 {
		return
	}
	r.printf("## Scores\n\n")
	r.paragraph("The score says how little an attacker inside a service could still reach: 100 is nothing beyond what the service itself does. Each cell is before → after.")
	head := []string{"service", "score"}
	for _, p := range r.Plan.Scores[0].Parts {
		head = append(head, fmt.Sprintf("%s (%d)", p.Name, p.Max))
	}
	var rows [][]string
	for _, s := range r.Plan.Scores {
		cells := []string{r.name(s.Service), "**" + arrow(s.Before, s.After) + "**"}
		for _, p := range s.Parts {
			cells = append(cells, arrow(p.Before, p.After))
		}
		rows = append(rows, cells)
	}
	r.printf("%s\n", table(head, rows))
}

func arrow(before, after int) string {
	if before == after {
		return fmt.Sprint(after)
	}
	return fmt.Sprintf("%d → %d", before, after)
}

func (r *report) networks() {
	r.printf("## Networks\n\n")
	r.paragraph("Services in one box can reach each other. Arrows show who talks to whom: solid where a recording saw it, dashed where only the files say so.")
	r.layout("Before", r.Before)
	r.layout("After", r.After)
	r.reasonsForEdges()
}

func (r *report) layout(title string, l Layout) {
	r.printf("### %s\n\n", title)
	if drawn := Mermaid(maskLayout(l, r.Mask), r.Plan.Edges); drawn != "" {
		r.printf("```mermaid\n%s```\n\n", drawn)
	} else {
		r.paragraph("There is too much on this map to draw it.")
	}
	var rows [][]string
	for _, n := range l.Networks {
		var kind []string
		if n.Internal {
			kind = append(kind, "internal")
		}
		if n.External {
			kind = append(kind, "external")
		}
		if n.Subnet != "" {
			kind = append(kind, r.name(n.Subnet))
		}
		var members []string
		for _, m := range slices.Sorted(slices.Values(n.Members)) {
			members = append(members, r.name(m))
		}
		rows = append(rows, []string{r.name(n.Name), strings.Join(kind, ", "), strings.Join(members, " ")})
	}
	if len(rows) > 0 {
		r.printf("%s\n", table([]string{"network", "kind", "services"}, rows))
	}
	r.ports(l.Published)
}

func (r *report) ports(all []Published) {
	var rows [][]string
	for _, p := range all {
		address, host := p.Address, p.Host
		if address == "" {
			address = "all interfaces"
		}
		if host == "" {
			host = "any"
		}
		rows = append(rows, []string{r.name(p.Service), r.text(address), r.text(host), r.text(p.Target)})
	}
	if len(rows) > 0 {
		r.printf("%s\n", table([]string{"published by", "address", "port of the host", "port of the service"}, rows))
	}
}

// reasonsForEdges lists on what each connection of the map rests.
func (r *report) reasonsForEdges() {
	var rows [][]string
	for _, e := range r.Plan.Edges {
		port := "any"
		if e.Port != 0 {
			port = fmt.Sprint(e.Port)
			if e.Protocol == "udp" {
				port += "/udp"
			}
		}
		var why []string
		for _, v := range e.Evidence {
			why = append(why, fmt.Sprintf("%s: %s", prose(v.From), r.text(v.Text)))
		}
		rows = append(rows, []string{r.name(e.From), r.name(e.To), port, strings.Join(why, "<br>")})
	}
	if len(rows) > 0 {
		r.printf("### Who talks to whom\n\n%s\n", table([]string{"from", "to", "port", "known from"}, rows))
	}
}

func maskLayout(l Layout, mask func(string) string) Layout {
	l.Published = slices.Clone(l.Published)
	for i := range l.Published {
		l.Published[i].Host = mask(l.Published[i].Host)
		l.Published[i].Target = mask(l.Published[i].Target)
	}
	return l
}
