package apparmor

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"batten/profiles"
)

// section is the service's profile, or one of its children.
type section struct {
	name  string // "" for the service's own
	about string
	rules []Rule // in order
}

// text writes the whole file.
func (g *generator) text(s profiles.Service, sections []section) []byte {
	var b bytes.Buffer
	of := printable(s.Name)
	if s.Project != "" {
		of += " of project " + printable(s.Project)
	}
	line(&b, "", "# AppArmor profile of service "+of+", made by batten from recordings.")
	line(&b, "", "# What no rule here allows is denied. It includes no file and names no abi, so that")
	line(&b, "", "# it compiles on any host. The engine enters it when it executes the service's program.")
	b.WriteByte('\n')
	for _, name := range slices.Sorted(maps.Keys(g.variables)) {
		line(&b, "", fmt.Sprintf(`@{%s}="%s"`, name, g.variables[name]))
	}
	if len(g.variables) > 0 {
		b.WriteByte('\n')
	}
	line(&b, "", "profile "+g.o.Name+" "+g.flags()+" {")
	g.body(&b, "  ", sections[0].rules)
	for _, x := range sections[1:] {
		b.WriteByte('\n')
		line(&b, "  ", "# "+x.about)
		line(&b, "  ", "profile "+x.name+" "+g.flags()+" {")
		g.body(&b, "    ", x.rules)
		line(&b, "  ", "}")
	}
	line(&b, "", "}")
	return b.Bytes()
}

// commentKey names the rule that a comment of the text is for.
type commentKey struct {
	group Group
	text  string
}

func (g *generator) flags() string {
	flags := "attach_disconnected,mediate_deleted"
	if g.o.Complain {
		flags += ",complain"
	}
	return "flags=(" + flags + ")"
}

func (g *generator) body(b *bytes.Buffer, indent string, rules []Rule) {
	var group Group
	for _, r := range rules {
		if r.Group != group {
			if group != "" {
				b.WriteByte('\n')
			}
			group = r.Group
			line(b, indent, "# "+aboutGroup(group))
		}
		text := r.Text
		if c := g.comments[commentKey{r.Group, r.Text}]; c != "" {
			text += "  # " + c
		}
		line(b, indent, text)
	}
}

// line writes one line. Whatever got here, nothing can end it early: that is held
// here once more, for all callers.
func line(b *bytes.Buffer, indent, text string) {
	b.WriteString(indent)
	for i := range len(text) {
		if c := text[i]; c >= ' ' && c <= '~' {
			b.WriteByte(c)
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteByte('\n')
}

// About is what the text says about a group.
func (g Group) About() string { return aboutGroup(g) }

func aboutGroup(group Group) string {
	for _, x := range groups {
		if x.group == group {
			return x.about
		}
	}
	return string(group)
}

// order sorts rules by group and text and drops those that are there twice.
func order(rules []Rule) []Rule {
	rank := map[Group]int{}
	for i, x := range groups {
		rank[x.group] = i
	}
	slices.SortStableFunc(rules, func(a, b Rule) int {
		if a.Group != b.Group {
			return rank[a.Group] - rank[b.Group]
		}
		return strings.Compare(a.Text, b.Text)
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(rules, func(r Rule) bool {
		again := seen[r.Text]
		seen[r.Text] = true
		return again
	})
}
