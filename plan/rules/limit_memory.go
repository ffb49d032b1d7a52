package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var memoryLimit = plan.Rule{
	ID:       "B028",
	Title:    "Memory is limited",
	Topic:    "limits",
	Severity: plan.Medium,
	Class:    plan.Measured,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.11"}, {Name: plan.OWASP, Item: "RULE #7"}, {Name: plan.GuideTips, Item: "tip 21"},
		{Name: plan.GuideSecuring}, {Name: plan.GuideCourse},
	},
	Why: "Without a limit one service can take all memory of the machine: a leak, a large upload or an attacker " +
		"makes the kernel kill processes, and those of other services are as likely to die as the one at fault. " +
		"With a limit the kernel kills inside the service that asked for too much.",
	Fix: "Sets the limit to twice the peak that was recorded, rounded up, and to no less than 32 MiB. It is written as " +
		"deploy.resources.limits.memory, which docker-compose 1.29, Compose v2 and a stack all apply; a service " +
		"that already uses mem_limit, cpus or pids_limit keeps to those keys, because Compose v2 refuses a mixture.",
	Breaks: "A service that needs more than twice of what was seen is killed: its exit code is 137 and docker inspect " +
		"says OOMKilled. Databases use free memory as a cache and slow down first; give them a value.",
	Detect: detectMemoryLimit,
}

const (
	mebi = 1 << 20
	gibi = 1 << 30
	// leastMemory leaves room for the runtime and for a health check's process.
	leastMemory = 32 * mebi
	// engineLeastMemory is what the engine takes at least.
	engineLeastMemory = 6 * mebi
)

func detectMemoryLimit(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		if s.Config.MemLimit > 0 || deployLimited(s) && s.Config.Deploy.Resources.Limits.MemoryBytes > 0 {
			continue
		}
		f := plan.Finding{Service: s.Name, Message: "may use all memory of the machine", At: written(d, s), Fix: &plan.Fix{}}
		setMemory(d, s, &f)
		out = append(out, f)
	}
	return out
}

func setMemory(d *plan.Draft, s project.Service, f *plan.Finding) {
	f.Fix.Summary = "limit memory"
	if seen := resourcesOf(d, s.Name); seen != nil && seen.MemoryBytes > 0 {
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromRecording, Text: "at most " + inMebi(seen.MemoryBytes) + " were in use"})
		f.Fix.Value = memorySize(seen.MemoryBytes)
		f.Fix.Risk = peakRisk(d.Profile(s.Name))
	}
	if chosen := d.Value("B028", s.Name, f.Key); chosen != "" {
		value, ok := parseMemory(chosen)
		if !ok {
			f.Fix.Blocked = fmt.Sprintf("batten.yaml: %q is no size: write 512m or 2g, at least 6m", chosen)
			return
		}
		f.Fix.Value, f.Fix.Risk = value, ""
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromSettings, Text: "chosen: " + value})
	}
	if f.Fix.Value == "" {
		unmeasured(f.Fix, s.Name, "how much memory it needs")
		return
	}
	f.Fix.Summary = "limit memory to " + f.Fix.Value
	f.Fix.Changes = []plan.Change{setLimit(d, s, "mem_limit", "memory", f.Fix.Value)}
	if growsWithData(s) {
		f.Fix.Notes = append(f.Fix.Notes, "its caches grow with the data: a database that is larger than the recorded one wants a larger limit")
	}
}

// memorySize is the limit for a peak: twice as much, rounded up.
func memorySize(peak uint64) string {
	want := max(peak, leastMemory/2)
	if want > 1<<50 { // no machine has as much: the recording is wrong, and doubling it could overflow
		want = 1 << 50
	}
	size := neat(2*want, leastMemory)
	if size%gibi == 0 {
		return strconv.FormatUint(size/gibi, 10) + "g"
	}
	return strconv.FormatUint(size/mebi, 10) + "m"
}

// neat is the smallest number of the series least, 1.5 least, 2 least, 3 least,
// 4 least … that is not below n: numbers that people read easily, at most half as
// large again as what is asked for.
func neat(n, least uint64) uint64 {
	for step := least; ; step *= 2 {
		switch {
		case n <= step:
			return step
		case n <= step/2*3:
			return step / 2 * 3
		}
	}
}

func inMebi(bytes uint64) string {
	return strconv.FormatFloat(float64(bytes)/mebi, 'f', 1, 64) + " MiB"
}

var memoryText = regexp.MustCompile(`^([1-9][0-9]{0,14})([bkmg]?)b?$`)

var memoryUnits = map[string]int64{"": 1, "b": 1, "k": 1 << 10, "m": mebi, "g": gibi}

// parseMemory reads a limit of memory, and gives it in the engines' short form.
func parseMemory(text string) (string, bool) {
	text = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text)), "b")
	n, ok := bytesOf(text)
	return text, ok && n >= engineLeastMemory
}

// bytesOf reads a size as the engines do: 512m, 2g, 1024k, or bytes.
func bytesOf(text string) (int64, bool) {
	m := memoryText.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	unit := memoryUnits[m[2]]
	if err != nil || n > (1<<62)/unit {
		return 0, false
	}
	return n * unit, true
}

// growing are repositories of programs that use the memory they are given.
var growing = []string{
	"postgres", "postgis", "mysql", "mariadb", "percona", "mongo", "redis", "valkey", "memcached", "elasticsearch",
	"opensearch", "cassandra", "influxdb", "clickhouse", "neo4j", "couchdb", "cockroach",
}

func growsWithData(s project.Service) bool {
	repository, _, _ := profiles.SplitImage(s.Image)
	last := repository[strings.LastIndexByte(repository, '/')+1:]
	return slices.ContainsFunc(growing, func(name string) bool { return strings.HasPrefix(last, name) })
}
