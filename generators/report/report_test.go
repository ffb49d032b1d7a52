package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/plan"
	"batten/project"
)

func shopReport() Input {
	p, pl := threeTiers()
	before, after := layouts()
	return Input{
		Project: p, Plan: pl, Rules: someRules(), Before: before, After: after, Mask: mask,
		Refused:  []Refusal{{Finding: "B008/web", Reason: "the service is written in flow style over several lines (compose.yml line 14)"}},
		Files:    []string{"hardened/REPORT.md", "compose.hardened.yml", "hardened/secrets/db_password"},
		Hardened: "compose.hardened.yml",
	}
}

func TestTheReportOfAShop(t *testing.T) {
	golden(t, "REPORT.md", Report(shopReport()))
}

func TestWhatTheEditorRefusedIsSaidEvenWhenThePlanHasItOff(t *testing.T) {
	in := shopReport()
	for i := range in.Plan.Decisions {
		if d := &in.Plan.Decisions[i]; d.Finding.ID() == "B008/web" {
			d.Apply, d.Reason = false, "not safe to edit"
		}
	}
	got := string(Report(in))
	if !strings.Contains(got, "### Could not be written") || strings.Contains(got, "--apply B008/web") {
		t.Error(got)
	}
}

func TestTheReportIsTheSameEachTime(t *testing.T) {
	one := Report(shopReport())
	for range 10 {
		if !bytes.Equal(one, Report(shopReport())) {
			t.Fatal("two reports of the same plan differ")
		}
	}
}

func TestAnEmptyPlanHasAReport(t *testing.T) {
	got := string(Report(Input{Project: &project.Project{Name: "p"}, Plan: &plan.Plan{}}))
	if !strings.Contains(got, "Nothing.") {
		t.Error(got)
	}
}

// hostile are names and texts that try to be more than that.
var hostile = []string{
	"plain", "`", "```", "a`b``c", "\n# head\n", "\n```\nsh\n", "<script>alert(1)</script>", "</td>", "a|b", `a\|b`, `\`, "](http://evil)", "[x](y)", "![x](y)",
	`"]`, `"]; click s0 "javascript:alert(1)"`, "end", "subgraph", "%%{init: {}}%%", "--> x", "#quot;", "&lt;b&gt;", "*b*", "__b__", "- item", "1. item", "  2) item", "+ item", "# head", "===", "> quote",
	"www.evil.example", "https://evil.example", "@everyone", "\x1b[31mred", "\u202eevil", "\u200b", "a\tb", "\xff\xfe", "", "  ", "$(reboot)", "'; reboot; '", "`reboot`", "-rf", "~", "a\rb", "\\\n", "$'x'", "!!",
}

// replaceCode takes code spans out, which hold anything but their own fence.
func replaceCode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '\\' && i+1 < len(s) {
			b.WriteString(s[i : i+2])
			i += 2
			continue
		}
		if s[i] != '`' {
			b.WriteByte(s[i])
			i++
			continue
		}
		n := 0
		for i+n < len(s) && s[i+n] == '`' {
			n++
		}
		end := closing(s[i+n:], n)
		if end < 0 {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		b.WriteString("CODE")
		i += n + end + n
	}
	return b.String()
}

// closing finds a run of exactly n backticks.
func closing(s string, n int) int {
	for i := 0; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		run := 0
		for i+run < len(s) && s[i+run] == '`' {
			run++
		}
		if run == n {
			return i
		}
		i += run
	}
	return -1
}

// marker begins a list, a heading or a quotation.
var marker = regexp.MustCompile(`^\s*([0-9]+[.)]|[-+#>]+|=+)(\s|$)`)

// isTame fails when anything in a line of Markdown is markup that batten did not
// write.
func isTame(t interface{ Fatalf(string, ...any) }, line string) {
	rest := replaceCode(line)
	plain := strings.NewReplacer("<br>", "", `\\`, "E", `\*`, "E", `\[`, "E", `\]`, "E", "\\`", "E", `\_`, "E", `\|`, "E", `\~`, "E").Replace(rest)
	if strings.ContainsAny(plain, "<`~") || strings.Contains(plain, "](http") || strings.Contains(plain, "://") {
		t.Fatalf("markup of others: %q", line)
	}
	for _, r := range line {
		if !prints(r) {
			t.Fatalf("control character %U: %q", r, line)
		}
	}
}

func TestNamesStayNamesInMarkdown(t *testing.T) {
	for _, s := range hostile {
		isTame(t, "x "+code(s)+" y")
		isTame(t, prose(s))
		if marker.MatchString(prose(s)) {
			t.Errorf("%q begins a block: %q", s, prose(s))
		}
		if strings.Contains(code(s)+prose(s), "\n") {
			t.Errorf("%q breaks the line", s)
		}
		if got := replaceCode(code(s)); got != "CODE" && got != "(empty)" {
			t.Errorf("%q is not one code span: %q", s, code(s))
		}
		cells := row(code(s), prose(s), "z")
		bars := 0
		for i := range len(cells) {
			if cells[i] == '|' && (i == 0 || cells[i-1] != '\\') {
				bars++
			}
		}
		if bars != 4 || strings.Count(cells, "\n") != 1 {
			t.Errorf("%q makes other cells: %q", s, cells)
		}
	}
}

// TestAHostileProjectHasATameReport puts hostile text in every place that comes from
// others.
func TestAHostileProjectHasATameReport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(hostile)
		word := func(name string) string {
			return text.Draw(t, name) + text.Draw(t, name+" too")
		}
		in := hostileInput(word)
		fenced := false
		for _, line := range strings.Split(strings.TrimSuffix(string(Report(in)), "\n"), "\n") {
			switch {
			case line == "```mermaid" && !fenced:
				fenced = true
			case line == "```" && fenced:
				fenced = false
			case strings.HasPrefix(line, "```"):
				t.Fatalf("a fence of others: %q", line)
			case fenced:
				if !mermaidLine.MatchString(line) {
					t.Fatalf("a line of others in the map: %q", line)
				}
			default:
				isTame(t, line)
			}
		}
		if fenced {
			t.Fatal("a fence is left open")
		}
	})
}

func hostileInput(word func(string) string) Input {
	service := word("service")
	finding := func(rule, key string) plan.Finding {
		return plan.Finding{Rule: rule, Service: service, Key: key, Severity: plan.High, Message: word("message"),
			At:       []plan.Position{{File: word("file"), Line: 1}},
			Evidence: []plan.Evidence{{From: word("from"), Text: word("evidence")}},
			Fix: &plan.Fix{Summary: word("summary"), Value: word("value"), Risk: word("risk"), Notes: []string{word("note")},
				Files: []plan.File{{Path: word("path")}}}}
	}
	off, blocked, advice := finding("B020", word("key")), finding("B028", ""), finding("B056", word("key"))
	blocked.Fix.Blocked, blocked.Fix.Measure = word("blocked"), word("measure")
	advice.Fix = nil
	l := Layout{
		Networks:  []Net{{Name: word("net"), Subnet: word("subnet"), Members: []string{service, "db"}}, {Name: word("net"), Internal: true, Members: []string{"db"}}},
		Published: []Published{{Service: service, Address: word("address"), Host: word("host"), Target: word("target")}},
		Apart:     []Apart{{Service: word("apart"), Mode: word("mode")}},
	}
	return Input{
		Project: &project.Project{Name: word("project")}, Rules: someRules(), Before: l, After: l,
		Plan: &plan.Plan{
			Scores: []plan.Score{{Service: service, Before: 1, After: 2}},
			Edges:  []plan.Edge{{From: service, To: "db", Port: 1, Evidence: []plan.Evidence{{From: word("from"), Text: word("text")}}}, {From: "db", To: "internet"}},
			Decisions: []plan.Decision{
				{Finding: advice}, {Finding: finding("B004", word("key")), Apply: true, By: plan.ByUser, Reason: word("reason")},
				{Finding: off, Reason: "off unless chosen"}, {Finding: blocked, Reason: word("reason")}, {Finding: finding("B999", ""), By: plan.BySettings, Reason: word("reason")},
			},
		},
		Files: []string{word("written")}, Hardened: word("hardened"),
	}
}

// mermaidLine is a line of a map: identifiers are batten's, and labels quoted.
var mermaidLine = regexp.MustCompile(`^(flowchart LR|  end|  subgraph net\d+\["[^"\]` + "`" + `<>]+"\]| +s\d+\["[^"\]` + "`" + `<>]+"\]|  (s\d+) -\.- net\d+|  (internet|host)\(\("(internet|host)"\)\)|  (s\d+|internet|host) (-->|-\.->)(\|"[^"|` + "`" + `<>]+"\|)? (s\d+|internet|host))$`)

func TestTheMapIsWhatIsThere(t *testing.T) {
	before, after := layouts()
	_, p := threeTiers()
	want := `flowchart LR
  subgraph net0["api (internal)"]
  end
  subgraph net1["db (internal)"]
    s0["db"]
  end
  subgraph net2["edge"]
  end
  subgraph net3["egress"]
  end
  s1["api"]
  s1 -.- net0
  s1 -.- net1
  s1 -.- net3
  s2["web"]
  s2 -.- net0
  s2 -.- net2
  host(("host"))
  host -->|"8080 to 80"| s2
  internet(("internet"))
  internet -->|"8443 to 443"| s2
  s1 -->|"5432"| s0
  s1 -->|"443"| internet
  s2 -.-> s1
`
	if got := Mermaid(after, p.Edges); got != want {
		t.Errorf("got\n%s", got)
	}
	for _, line := range strings.Split(strings.TrimSuffix(Mermaid(before, p.Edges), "\n"), "\n") {
		if !mermaidLine.MatchString(line) {
			t.Errorf("unexpected line %q", line)
		}
	}
}

func TestAMapThatNobodyCouldReadIsLeftOut(t *testing.T) {
	var members []string
	for i := range mapLimit + 1 {
		members = append(members, fmt.Sprint("s", i))
	}
	in := Input{Project: &project.Project{Name: "p"}, Plan: &plan.Plan{}, Before: Layout{Networks: []Net{{Name: "default", Members: members}}}}
	if got := string(Report(in)); strings.Contains(got, "subgraph") || !strings.Contains(got, "too much") {
		t.Error("the map is drawn, or nothing is said")
	}
}

func TestAReportHasNoSecret(t *testing.T) {
	in := shopReport()
	for i := range in.Plan.Decisions {
		f := &in.Plan.Decisions[i].Finding
		f.Message += hunter
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromCompose, Text: hunter})
		if f.Fix != nil {
			f.Fix.Value, f.Fix.Risk = hunter, hunter
		}
	}
	in.After.Published[0].Host = hunter
	if bytes.Contains(Report(in), []byte("hunter2")) {
		t.Error("the report holds the secret")
	}
}
