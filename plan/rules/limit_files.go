package rules

import (
	"fmt"
	"strconv"
	"strings"

	"batten/plan"
	"batten/project"
)

var openFilesLimit = plan.Rule{
	ID:       "B031",
	Title:    "Open files and core dumps are limited",
	Topic:    "limits",
	Severity: plan.Low,
	Class:    plan.Measured,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.19"}, {Name: plan.OWASP, Item: "RULE #7"}, {Name: plan.GuideTips, Item: "tip 29"},
	},
	Why: "A container inherits the daemon's limits, often a million open files for each process: a leak of descriptors, " +
		"or a flood of connections that are held open, then costs the machine memory before it costs the service its life. " +
		"A core dump is the memory of a process, with its passwords and keys, written to a disk.",
	Fix: "Sets nofile to four times the most open files that one process was seen to have, and to no less than 1024; sets " +
		"core to 0. The number of processes is not limited here: nproc counts all processes of a user id on the " +
		"machine, those of other containers too.",
	Breaks: "A program that runs out of descriptors reports \"too many open files\". Some programs ask for a higher limit " +
		"when they start and give up when they do not get it.",
	Detect: detectOpenFilesLimit,
}

// leastFiles is what programs expect to have.
const leastFiles = 1024

func detectOpenFilesLimit(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		if s.Config.Ulimits["nofile"] == nil {
			f := plan.Finding{Service: s.Name, Key: "nofile", Message: "has the daemon's limit of open files", At: written(d, s), Fix: &plan.Fix{}}
			setOpenFiles(d, s, &f)
			out = append(out, f)
		}
		if s.Config.Ulimits["core"] == nil {
			out = append(out, plan.Finding{
				Service: s.Name, Key: "core", Message: "may write its memory to a core dump", At: written(d, s),
				Fix: &plan.Fix{Summary: "write no core dumps", Changes: []plan.Change{plan.SetService(s.Name, 0, "ulimits", "core")}},
			})
		}
	}
	return out
}

func setOpenFiles(d *plan.Draft, s project.Service, f *plan.Finding) {
	f.Fix.Summary = "limit open files"
	var soft, hard uint64
	if seen := resourcesOf(d, s.Name); seen != nil && seen.OpenFiles > 0 {
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromRecording,
			Text: fmt.Sprintf("one process had at most %d files open", seen.OpenFiles)})
		soft = neat(4*min(seen.OpenFiles, 1<<26), leastFiles)
		hard = soft
		f.Fix.Risk = peakRisk(d.Profile(s.Name))
	}
	if chosen := d.Value("B031", s.Name, f.Key); chosen != "" {
		var ok bool
		if soft, hard, ok = parseFiles(chosen); !ok {
			f.Fix.Blocked = fmt.Sprintf("batten.yaml: %q is no number of open files: write 4096, or 1024:4096 for soft and hard", chosen)
			return
		}
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromSettings, Text: fmt.Sprintf("chosen: %d and %d", soft, hard)})
		f.Fix.Risk = ""
	}
	if soft == 0 {
		unmeasured(f.Fix, s.Name, "how many files it opens")
		return
	}
	f.Fix.Value = strconv.FormatUint(soft, 10)
	if hard != soft {
		f.Fix.Value += ":" + strconv.FormatUint(hard, 10)
	}
	f.Fix.Summary = "limit open files of a process to " + strconv.FormatUint(soft, 10)
	f.Fix.Changes = []plan.Change{plan.SetService(s.Name,
		plan.Map{{Key: "soft", Value: int64(soft)}, {Key: "hard", Value: int64(hard)}}, "ulimits", "nofile")}
}

func parseFiles(text string) (soft, hard uint64, ok bool) {
	a, b, both := strings.Cut(text, ":")
	soft, err := strconv.ParseUint(a, 10, 30)
	if err != nil || soft == 0 {
		return 0, 0, false
	}
	if !both {
		return soft, soft, true
	}
	hard, err = strconv.ParseUint(b, 10, 30)
	return soft, hard, err == nil && hard >= soft
}
