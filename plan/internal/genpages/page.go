package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
)

// pages are the texts by the name of their file.
func pages(all []plan.Rule, fixtures string) (map[string]string, error) {
	out := map[string]string{"README.md": index(all)}
	for _, r := range all {
		e, err := exampleOf(fixtures, r.ID)
		if err != nil {
			return nil, fmt.Errorf("example of %s: %w", r.ID, err)
		}
		out[r.ID+".md"] = page(r, e)
	}
	return out, nil
}

// classes say what a class means for the reader.
var classes = map[plan.Class]string{
	plan.Certain:  "certain: there is one edit, and it is made unless you skip it",
	plan.Measured: "measured: the value comes from a recording; without one the fix waits",
	plan.Choice:   "choice: it changes what the service does; you have the last word",
	plan.Advice:   "advice: it is reported and explained, not changed",
}

// needs say with what a rule is evaluated.
var needs = map[plan.Need]string{
	plan.NeedCompose: "the compose file",
	plan.NeedInspect: "running containers",
	plan.NeedImage:   "the image",
	plan.NeedDaemon:  "the engine",
	plan.NeedHost:    "the machine",
	plan.NeedTrace:   "a recording (`batten trace`)",
}

func page(r plan.Rule, e example) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", r.ID, r.Title)
	fmt.Fprintf(&b, "| | |\n|---|---|\n| severity | %s |\n| fix | %s |\n| looks at | %s |\n\n", r.Severity, classes[r.Class], needsOf(r))
	section(&b, "Why", r.Why)
	section(&b, "What batten changes", r.Fix)
	section(&b, "What can break", r.Breaks)
	b.WriteString(e.markdown())
	if r.Class == plan.Advice {
		fmt.Fprintf(&b, "## Leaving it out\n\nIn `batten.yaml`, with the reason:\n\n```yaml\ndecisions:\n  - rule: %[1]s/SERVICE\n    skip: why it may stay\n```\n\n", r.ID)
	} else {
		fmt.Fprintf(&b, "## Deciding otherwise\n\nIn `batten.yaml`, for the project, one service or one finding, or on the command line as\n`batten harden --skip %[1]s/SERVICE=REASON` or `--apply %[1]s/SERVICE`:\n\n```yaml\ndecisions:\n  - rule: %[1]s/SERVICE\n    skip: why it may stay\n```\n\n", r.ID)
	}
	b.WriteString("## Sources\n\n")
	for _, s := range r.Sources {
		fmt.Fprintf(&b, "- %s\n", sourceText(s))
	}
	return b.String()
}

func section(b *strings.Builder, title, text string) {
	if text != "" {
		fmt.Fprintf(b, "## %s\n\n%s\n\n", title, wrap(text))
	}
}

func needsOf(r plan.Rule) string {
	if len(r.Needs) == 0 {
		return needs[plan.NeedCompose]
	}
	out := make([]string, len(r.Needs))
	for i, n := range r.Needs {
		out[i] = needs[n]
	}
	return strings.Join(out, ", ")
}

// sourceText names a source; of the CIS benchmark also the number before 1.6.0,
// which put one item at the begin of section 5 and took one from section 7.
func sourceText(s plan.Source) string {
	text := s.Name
	if s.Item != "" {
		text += ", " + s.Item
	}
	if s.Name != plan.CIS {
		return text
	}
	shift := map[string]int{"5": -1, "7": 1}
	part, number, _ := strings.Cut(s.Item, ".")
	n, err := strconv.Atoi(number)
	if err == nil && shift[part] != 0 {
		text += fmt.Sprintf(" (%s.%d in 1.5.0 and before)", part, n+shift[part])
	}
	return text
}

// index is the table of all rules by topic.
func index(all []plan.Rule) string {
	var b strings.Builder
	b.WriteString("# Rules\n\nA rule has a page of its own; `batten explain RULE` prints what it says, and what it found in\nthe project. What each is worth is in [the score](../score.md).\n")
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b plan.Rule) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID))
	})
	topic := ""
	for _, r := range sorted {
		if r.Topic != topic {
			topic = r.Topic
			fmt.Fprintf(&b, "\n## %s\n\n| rule | | severity | fix |\n|---|---|---|---|\n", strings.ToUpper(topic[:1])+topic[1:])
		}
		class, _, _ := strings.Cut(classes[r.Class], ":")
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", r.ID, r.ID, r.Title, r.Severity, class)
	}
	return b.String()
}

// wrap breaks a text into lines of at most 88 characters.
func wrap(text string) string {
	var b strings.Builder
	column := 0
	for i, w := range strings.Fields(text) {
		n := len([]rune(w))
		switch {
		case i == 0:
		case column+1+n > 88 && !startsMarkup(w):
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(w)
		column += n
	}
	return b.String()
}

// startsMarkup tells that a word would be more than a word at the begin of a line.
func startsMarkup(w string) bool {
	return strings.ContainsRune("#+->|=", rune(w[0])) || w[0] >= '0' && w[0] <= '9' && strings.ContainsAny(w, ".)")
}
