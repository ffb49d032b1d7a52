package report

// Confinement is an AppArmor profile that was made for a service.
type Confinement struct {
	Service, Name, Path string
	Rules               int
	Named               bool // the hardened file names it
	Complain            bool
	Checked             bool // apparmor_parser compiled it
	Notes               []string
	Refused             []string // recorded, and without a rule
}

// confinement lists the AppArmor profiles, with what a reviewer should know of each.
func (r *report) confinement() {
	if len(r.AppArmor) == 0 {
		return
	}
	r.printf("## AppArmor profiles\n\n")
	r.paragraph("Each is an allow-list of the files, programs, capabilities and sockets that the service was recorded to use. What it lists is readable: look it through.")
	for _, c := range r.AppArmor {
		state := "enforces"
		if c.Complain {
			state = "logs what it would refuse, and refuses nothing"
		}
		if !c.Named {
			state += "; the hardened file does not name it"
		}
		if !c.Checked {
			state += "; not compiled, since apparmor_parser is not installed where it was made"
		}
		r.item(0, "%s: %s in %s, %s; it %s", r.name(c.Service), r.name(c.Name), r.name(c.Path), count(c.Rules, "rule", "rules"), state)
		for _, n := range c.Notes {
			r.item(1, "%s", r.text(n))
		}
		for i, n := range c.Refused {
			if i == mostRefused {
				r.item(1, "%s more that have no rule", count(len(c.Refused)-mostRefused, "path", "paths"))
				break
			}
			r.item(1, "No rule: %s", r.text(n))
		}
	}
	r.b.WriteByte('\n')
}

// mostRefused bounds how many paths without a rule are listed of one profile.
const mostRefused = 20
