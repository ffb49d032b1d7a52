package tui

import (
	"fmt"
	"strings"
)

// KeyPage is the manual's page of keys, in Markdown, made of the table of verbs.
func KeyPage() string {
	m := sampleModel()
	var b strings.Builder
	b.WriteString(keyPageHead)
	groups := []string{""}
	for _, s := range m.screens {
		groups = append(groups, s.name())
	}
	for _, where := range groups {
		title := where
		if where == "" {
			title = "On every screen"
		}
		keyTable(&b, m, title, where)
	}
	fmt.Fprintf(&b, "\n## Moving\n\n| key | what it does |\n|---|---|\n")
	for _, r := range moving {
		fmt.Fprintf(&b, "| %s | %s |\n", keyCells(r.keys), r.does)
	}
	b.WriteString(keyPageFoot)
	return b.String()
}

const keyPageHead = `# Keys

What the keys of the [interactive view](commands/interactive.md) do, by screen. The last
column is the command that does the same, here on a finding ` + "`B028/web`" + `; keys without one
change only what is shown. ` + "`Y`" + ` copies the command with what is chosen, and the palette
(` + "`:`" + `) shows it.

This page is made from the table of keys. Help (` + "`?`" + `) shows the same for the current
screen, with the reason where something cannot be done now.
`

const keyPageFoot = `
## In dialogs

| key | what it does |
|---|---|
| ` + "`esc`" + ` | close it, and change nothing |
| ` + "`enter`" + ` | take a text that was written, or a value; a question never takes it for yes |
| ` + "`↑` `↓`" + ` | scroll, or choose |
| ` + "`tab`" + ` | in the palette: write the command into the field, to go on with it |
| ` + "`ctrl+y`" + ` | in the palette: copy the command |
`

// keyTable writes the verbs of one place.
func keyTable(b *strings.Builder, m *model, title, where string) {
	var rows []string
	for _, v := range m.verbs() {
		if v.where != where {
			continue
		}
		same := ""
		if line := sampleLine(m, v); line != "" {
			same = "`" + strings.ReplaceAll(line, "|", `\|`) + "`"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |\n", keyCells(v.keys), v.title, same))
	}
	if len(rows) > 0 {
		fmt.Fprintf(b, "\n## %s\n\n| key | what it does | the same on the command line |\n|---|---|---|\n%s", title, strings.Join(rows, ""))
	}
}

func keyCells(keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = "`" + keyName(k) + "`"
	}
	return strings.Join(names, " ")
}

// VerbCommands are the command lines of all verbs that have one, in words, by their ids,
// on a small project that stands for any: for tests that hold them against the command
// line.
func VerbCommands() map[string][]string {
	m := sampleModel()
	out := map[string][]string{}
	for _, v := range m.verbs() {
		if words, err := splitWords(sampleLine(m, v)); err == nil && len(words) > 0 {
			out[v.id] = words
		}
	}
	return out
}

// sampleLine is the command of a verb where it has something to act on.
func sampleLine(m *model, v verb) (text string) {
	where := v.where
	if where == "" {
		where = "Plan"
	}
	m.onScreen(where, func() {
		panes := len(m.screen().panes())
		for i := range panes { // some verbs act on one pane only
			m.focus[m.at] = i
			if text = v.commandLine(m); text != "" {
				break
			}
		}
		delete(m.focus, m.at)
	})
	return text
}
