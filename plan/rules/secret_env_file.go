package rules

import (
	"fmt"
	"strings"

	"batten/plan"
	"batten/plan/secrets"
)

// othersMay are the permission bits of group and others.
const othersMay = 0o077

func detectOpenEnvFiles(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	done := map[string]bool{}
	for _, file := range d.EnvFiles {
		if len(file.Secret) == 0 || done[file.Path] {
			continue
		}
		done[file.Path] = true // one finding, however many services read it
		word := secrets.Quote(file.Path)
		f := plan.Finding{Key: file.Path, Severity: plan.Medium,
			Fix: &plan.Fix{Summary: "keep " + file.Path + " to yourself", Blocked: "the file is yours: batten gives the commands and does not run them"}}
		var what []string
		if file.Tracked {
			f.Severity = plan.High
			what = append(what, "is tracked by git")
			f.Fix.Notes = append(f.Fix.Notes,
				"git rm --cached -- "+word+" && printf '%s\\n' "+word+" >> .gitignore",
				"the values stay in the history: change them")
		}
		if file.Mode != 0 && file.Mode&othersMay != 0 {
			what = append(what, fmt.Sprintf("has mode %04o", file.Mode))
			f.Fix.Notes = append(f.Fix.Notes, "chmod 600 -- "+word)
		}
		if len(what) == 0 {
			continue
		}
		f.Message = file.Path + " holds credentials and " + strings.Join(what, " and ")
		f.Evidence = []plan.Evidence{{From: plan.FromCompose, Text: "variables in it: " + strings.Join(file.Secret, ", ")}}
		out = append(out, f)
	}
	return out
}
