package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"batten/plan"
)

// mapLimit is how many services and connections a map can show and still be read;
// renderers give up soon after.
const mapLimit = 120

// Mermaid draws a layout as a flow chart: a box for each network with the services
// that are on it alone; services on several beside them, tied to each; arrows for
// who talks to whom. It is "" when there is too much to draw.
func Mermaid(l Layout, edges []plan.Edge) string {
	d := drawing{ids: map[string]string{}}
	homes := map[string][]int{}
	for i, n := range l.Networks {
		for _, m := range n.Members {
			homes[m] = append(homes[m], i)
		}
	}
	d.line("flowchart LR")
	for i, n := range l.Networks {
		d.line(`  subgraph net%d["%s"]`, i, label(netTitle(n)))
		for _, m := range slices.Sorted(slices.Values(n.Members)) {
			if len(homes[m]) == 1 {
				d.line(`    %s["%s"]`, d.id(m), label(m))
			}
		}
		d.line("  end")
	}
	for _, m := range slices.Sorted(maps.Keys(homes)) {
		if len(homes[m]) > 1 {
			d.line(`  %s["%s"]`, d.id(m), label(m))
			for _, i := range homes[m] {
				d.line("  %s -.- net%d", d.id(m), i)
			}
		}
	}
	for _, a := range l.Apart {
		d.line(`  %s["%s"]`, d.id(a.Service), label(a.Service+" (network: "+a.Mode+")"))
	}
	d.published(l.Published)
	d.talk(edges)
	if len(d.ids)+d.arrows > mapLimit {
		return ""
	}
	return strings.Join(d.lines, "\n") + "\n"
}

type drawing struct {
	lines  []string
	ids    map[string]string // of services
	around []string          // internet and host, once drawn
	arrows int
}

func (d *drawing) line(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

// id is a name for the chart that owes nothing to the service's.
func (d *drawing) id(service string) string {
	if d.ids[service] == "" {
		d.ids[service] = fmt.Sprint("s", len(d.ids))
	}
	return d.ids[service]
}

// outside is the node of what is not a service.
func (d *drawing) outside(name string) string {
	if !slices.Contains(d.around, name) {
		d.around = append(d.around, name)
		d.line(`  %s(("%s"))`, name, name)
	}
	return name
}

func (d *drawing) published(all []Published) {
	for _, p := range all {
		if d.ids[p.Service] == "" {
			continue
		}
		from := "internet"
		if strings.HasPrefix(p.Address, "127.") || p.Address == "::1" {
			from = "host"
		}
		d.outside(from)
		d.arrows++
		d.line(`  %s -->|"%s"| %s`, from, label(p.short()), d.id(p.Service))
	}
}

// short is the port as people write it.
func (p Published) short() string {
	out := p.Target
	if p.Host != "" && p.Host != strings.TrimSuffix(p.Target, "/udp") {
		out = p.Host + " to " + out
	}
	return out
}

// talk draws one arrow for each pair, dashed where no recording saw it.
func (d *drawing) talk(edges []plan.Edge) {
	type pair struct{ from, to string }
	ports, seen := map[pair][]string{}, map[pair]bool{}
	var order []pair
	for _, e := range edges {
		p := pair{e.From, e.To}
		if e.From == "internet" { // drawn as published
			continue
		}
		if _, ok := ports[p]; !ok {
			order = append(order, p)
			ports[p] = nil
		}
		seen[p] = seen[p] || e.Observed
		if e.Port != 0 {
			port := fmt.Sprint(e.Port)
			if e.Protocol == "udp" {
				port += "/udp"
			}
			ports[p] = union(ports[p], []string{port})
		}
	}
	slices.SortFunc(order, func(a, b pair) int {
		return strings.Compare(a.from+"\x00"+a.to, b.from+"\x00"+b.to)
	})
	for _, p := range order {
		from, to := d.node(p.from), d.node(p.to)
		if from == "" || to == "" {
			continue
		}
		arrow := "-.->"
		if seen[p] {
			arrow = "-->"
		}
		if len(ports[p]) > 0 {
			arrow += `|"` + label(strings.Join(ports[p], ", ")) + `"|`
		}
		d.arrows++
		d.line("  %s %s %s", from, arrow, to)
	}
}

func (d *drawing) node(name string) string {
	if id := d.ids[name]; id != "" {
		return id
	}
	if name == "internet" || name == "host" {
		return d.outside(name)
	}
	return ""
}

func netTitle(n Net) string {
	title := n.Name
	if n.Internal {
		title += " (internal)"
	}
	if n.External {
		title += " (external)"
	}
	return title
}

// label is text for a quoted label: what is neither letter, digit nor harmless is
// written as the entity that Mermaid shows it for.
func label(s string) string {
	var b strings.Builder
	for _, r := range printable(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ._-:/,()", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	if strings.TrimSpace(b.String()) == "" {
		return "-"
	}
	return b.String()
}
