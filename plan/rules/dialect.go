package rules

import "batten/plan"

var dialectRules = []plan.Rule{dialectKeys, conflictingLimits, unusedParts}

var dialectKeys = plan.Rule{
	ID:       "B056",
	Title:    "Every reader of the file understands all of it",
	Topic:    "dialects",
	Severity: plan.Info,
	Class:    plan.Certain,
	Sources:  []plan.Source{{Name: plan.ComposeSpec}, {Name: plan.DockerDocs, Item: "Compose file version 3 reference"}},
	Why: "\"Version 3.8\" is read in four ways: by the strict schema, by docker-compose 1.29, by Compose v2 and by docker stack. A key that " +
		"one of them refuses keeps the file from being used there; a key that one ignores is worse, because it looks like " +
		"protection and is none: a stack starts services without their security_opt and on all addresses.",
	Fix: "Writes version: \"3.8\", and translates what means exactly the same in words that all readers know: mem_limit and cpus to " +
		"deploy, depends_on without conditions to a list, numbers that have to be text. For a stack, tmpfs becomes a mount of " +
		"type tmpfs. Everything else stays as it is and is reported with the readers that it shuts out.",
	Breaks: "",
	Detect: detectDialect,
}

func detectDialect(d *plan.Draft) []plan.Finding {
	out := versionFinding(d)
	translated := map[string]bool{} // "service/key"
	for _, s := range containers(d) {
		for _, t := range translations {
			f := t.make(d, s)
			if f == nil {
				continue
			}
			f.Service = s.Name
			out = append(out, *f)
			for _, key := range t.keys {
				translated[s.Name+"/"+key] = true
			}
		}
	}
	return append(out, refusedKeys(d, translated)...)
}

// keyLimits is the key of the finding about limits that are keys of a service.
const keyLimits = "limits"
