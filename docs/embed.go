// Package docs is the manual's pages that the program prints: one a rule, and how
// services are scored.
//
// Invariant: the pages in rules are generated from the rules; nobody writes them by
// hand.
package docs

import "embed"

//go:generate go run batten/plan/internal/genpages -fixtures ../plan/rules/testdata -out rules

//go:embed rules/*.md score.md
var pages embed.FS

// Rule is the page of a rule, in Markdown; false when there is none.
func Rule(id string) (string, bool) {
	for _, r := range id {
		if !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
			return "", false
		}
	}
	data, err := pages.ReadFile("rules/" + id + ".md")
	if id == "README" || err != nil {
		return "", false
	}
	return string(data), true
}

// Rules is the index of the rules.
func Rules() string { return page("rules/README.md") }

// Score is how services are scored.
func Score() string { return page("score.md") }

// page is one that is always there: what it is embedded from is checked when the
// program is built.
func page(name string) string {
	data, err := pages.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(data)
}
