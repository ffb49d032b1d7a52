package apparmor

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

const (
	// packFrom is how many rules a profile has before files of one folder share a line.
	// The parser's time grows faster than the number of rules: 4,700 of them take three
	// times as long as the same files in 1,400, and give the same automaton.
	packFrom = 1000
	// packAtLeast and packAtMost bound the names of one line.
	packAtLeast, packAtMost = 3, 100
)

// packKey is what rules have in common that may share a line.
type packKey struct {
	group            Group
	folder, rest     string // `/usr/lib/x`, ` r,`
	comment          string
	profile, summary string
}

// packed puts literal files of one folder that were used in the same way by the same
// programs into one rule with the names in braces, where there are very many rules. It
// allows exactly the same.
func (g *generator) packed(rules []Rule) []Rule {
	if len(rules) < packFrom {
		return rules
	}
	together := map[packKey][]int{}
	var keys []packKey
	for i, r := range rules {
		folder, rest, ok := plainFile(r)
		if !ok {
			continue
		}
		key := packKey{r.Group, folder, rest, g.comments[commentKey{r.Group, r.Text}], r.Profile, r.Why}
		if together[key] == nil {
			keys = append(keys, key)
		}
		together[key] = append(together[key], i)
	}
	drop := map[int]bool{}
	var made []Rule
	for _, key := range keys {
		for some := range slices.Chunk(together[key], packAtMost) {
			if len(some) < packAtLeast {
				continue
			}
			made = append(made, g.pack(key, rules, some))
			for _, i := range some {
				drop[i] = true
			}
		}
	}
	for i, r := range rules {
		if !drop[i] {
			made = append(made, r)
		}
	}
	return order(made)
}

func (g *generator) pack(key packKey, rules []Rule, some []int) Rule {
	names := make([]string, len(some))
	out := Rule{Group: key.group, Profile: key.profile, Why: key.summary}
	for n, i := range some {
		names[n] = path.Base(rules[i].Paths[0])
		out.Paths = append(out.Paths, rules[i].Paths...)
	}
	slices.Sort(names)
	slices.SortFunc(out.Paths, cmp.Compare[string])
	out.Text = fmt.Sprintf(`"%s/{%s}"%s`, key.folder, strings.Join(names, ","), key.rest)
	g.comments[commentKey{out.Group, out.Text}] = key.comment
	return out
}

// plainFile takes the rule of one literal file apart, if its name has nothing in it that
// the parser reads as more than a letter.
func plainFile(r Rule) (folder, rest string, ok bool) {
	if r.Generalised != "" || len(r.Paths) != 1 {
		return "", "", false
	}
	rest, ok = strings.CutPrefix(r.Text, `"`+r.Paths[0]+`"`)
	folder, name := path.Dir(r.Paths[0]), path.Base(r.Paths[0])
	if !ok || folder == "/" || strings.HasSuffix(r.Paths[0], "/") || strings.Contains(rest, "->") {
		return "", "", false
	}
	odd := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._-+", c)
	}
	return folder, rest, !strings.ContainsFunc(name, odd) && !strings.ContainsFunc(strings.ReplaceAll(folder, "/", ""), odd)
}
