package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/plan"
	"batten/project"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// hunter is the secret of the fixtures; no output may have it.
const hunter = "hunter2-NOT-TO-BE-SEEN"

func mask(s string) string { return strings.ReplaceAll(s, hunter, "********") }

func someRules() []plan.Rule {
	return []plan.Rule{
		{ID: "B004", Title: "Capabilities that are not needed are dropped", Topic: "privileges", Severity: plan.Medium, Class: plan.Measured,
			Sources: []plan.Source{{Name: plan.CIS, Item: "5.4"}, {Name: plan.OWASP, Item: "RULE #3"}},
			Why:     "Docker leaves a container fourteen capabilities of root. Each is something that an attacker inside can do to files, users and the network without having to break anything.",
			Fix:     "cap_drop: [ALL], and cap_add for what a recording saw in use.", Breaks: "An operation that no recording saw fails with EPERM."},
		{ID: "B008", Title: "The root file system is read-only", Severity: plan.Medium, Class: plan.Measured,
			Sources: []plan.Source{{Name: plan.CIS, Item: "5.13"}, {Name: plan.GuideTips, Item: "tip 26"}}, Why: "What can be written can be replaced.", Fix: "read_only: true."},
		{ID: "B020", Title: "Ports are published on the loopback address alone", Severity: plan.Medium, Class: plan.Choice,
			Sources: []plan.Source{{Name: plan.CIS, Item: "5.14"}}, Why: "A port on all interfaces is past the host's firewall.", Fix: "127.0.0.1 in front."},
		{ID: "B028", Title: "Memory is limited", Severity: plan.Medium, Class: plan.Measured, Sources: []plan.Source{{Name: plan.CIS, Item: "5.11"}}, Why: "One service can starve the others.", Fix: "A limit above the measured peak."},
		{ID: "B040", Title: "No credential stands in the compose file", Severity: plan.High, Class: plan.Certain,
			Sources: []plan.Source{{Name: plan.CIS, Item: "4.10"}, {Name: plan.OWASP, Item: "RULE #12"}}, Why: "Environment variables are seen in docker inspect, in crash reports and by every child process.", Fix: "A file under /run/secrets."},
		{ID: "B056", Title: "Everything is within version 3.8", Severity: plan.Info, Class: plan.Advice, Sources: []plan.Source{{Name: plan.ComposeSpec}}, Why: "Readers differ.", Fix: "None."},
	}
}

// threeTiers is a project of web, api and db with a decision of each sort.
func threeTiers() (*project.Project, *plan.Plan) {
	at := func(line, column int) []plan.Position {
		return []plan.Position{{File: "compose.yml", Line: line, Column: column}}
	}
	uid := 999
	p := &project.Project{Name: "shop", Dir: "/srv/shop"}
	for _, s := range []project.Service{
		{Name: "api", Build: true}, {Name: "db", Image: "postgres:16@sha256:abc"}, {Name: "web", Image: "nginx:1.27"},
	} {
		s.Config = &project.ServiceConfig{}
		p.Services = append(p.Services, s)
	}
	return p, &plan.Plan{
		Schema: plan.Schema, Project: "shop", Target: plan.TargetCompose,
		Scores: []plan.Score{
			{Service: "api", Before: 40, After: 61, Parts: []plan.ScorePart{{Name: "kernel calls", Max: 20, Before: 7, After: 7}, {Name: "capabilities", Max: 20, Before: 5, After: 12}}},
			{Service: "db", Before: 38, After: 90, Parts: []plan.ScorePart{{Name: "kernel calls", Max: 20, Before: 7, After: 17}, {Name: "capabilities", Max: 20, Before: 5, After: 18}}},
			{Service: "web", Before: 44, After: 44, Parts: []plan.ScorePart{{Name: "kernel calls", Max: 20, Before: 7, After: 7}, {Name: "capabilities", Max: 20, Before: 5, After: 5}}},
		},
		Edges: []plan.Edge{
			{From: "api", To: "db", Port: 5432, Protocol: "tcp", Observed: true, Evidence: []plan.Evidence{{From: plan.FromRecording, Text: "connected in 2 of 2 runs"}, {From: plan.FromCompose, Text: "DB_HOST names it"}}},
			{From: "api", To: "internet", Port: 443, Protocol: "tcp", Observed: true, Evidence: []plan.Evidence{{From: plan.FromRecording, Text: "connected to 93.184.216.34"}}},
			{From: "internet", To: "web", Port: 80, Protocol: "tcp", Evidence: []plan.Evidence{{From: plan.FromCompose, Text: "ports: 8080:80"}}},
			{From: "web", To: "api", Evidence: []plan.Evidence{{From: plan.FromCompose, Text: "depends_on"}}},
		},
		Decisions: []plan.Decision{
			{By: plan.ByDefault, Reason: "a person has to decide and do this", Finding: plan.Finding{Rule: "B056", Key: "name", Severity: plan.Info, At: at(1, 1),
				Message: "the key name is read by Compose v2 alone: the strict schema, docker-compose 1.29 and a stack refuse it"}},
			{Apply: true, By: plan.ByDefault, Points: 7, Finding: plan.Finding{Rule: "B004", Service: "api", Severity: plan.Medium, At: at(4, 3),
				Message: "api keeps Docker's fourteen capabilities", Evidence: []plan.Evidence{{From: plan.FromRecording, Text: "none was needed in 2 runs"}},
				Fix: &plan.Fix{Summary: "drop all capabilities", Risk: "what no run did may fail with EPERM"}}},
			{By: plan.ByDefault, Reason: "nobody measured the memory of api", Points: 2, Finding: plan.Finding{Rule: "B028", Service: "api", Severity: plan.Medium, At: at(4, 3),
				Message: "api has no memory limit", Fix: &plan.Fix{Summary: "set a limit", Blocked: "nobody measured the memory of api", Measure: "batten trace api"}}},
			{Apply: true, By: plan.BySettings, Reason: "found in review", Points: 7, Finding: plan.Finding{Rule: "B004", Service: "db", Severity: plan.Medium, At: at(9, 3),
				Message: "db keeps Docker's fourteen capabilities", Fix: &plan.Fix{Summary: "drop all, give SETUID and SETGID back", Value: "SETUID,SETGID"}}},
			{Apply: true, By: plan.ByDefault, Points: 4, Finding: plan.Finding{Rule: "B040", Service: "db", Key: "POSTGRES_PASSWORD", Severity: plan.High, At: at(12, 7),
				Message: "POSTGRES_PASSWORD holds a credential", Fix: &plan.Fix{Summary: "read it from /run/secrets/db_password", Notes: []string{"change the password"},
					Changes: []plan.Change{plan.RemoveService("db", "environment", "POSTGRES_PASSWORD")},
					Files:   []plan.File{{Path: "hardened/secrets/db_password", Mode: 0o400, UID: &uid, Content: plan.NewSensitive(hunter)}}}}},
			{By: plan.ByDefault, Reason: "off unless chosen", Points: 2, Finding: plan.Finding{Rule: "B020", Service: "web", Key: "8080:80/tcp", Severity: plan.Medium, At: at(17, 9),
				Message: "8080:80 is published on all interfaces", Fix: &plan.Fix{Summary: "bind 8080 to 127.0.0.1", Off: true, Risk: "other machines cannot reach it"}}},
			{By: plan.ByUser, Reason: "the shop is for the LAN", Finding: plan.Finding{Rule: "B020", Service: "web", Key: "8443:443/tcp", Severity: plan.Medium, At: at(18, 9),
				Message: "8443:443 is published on all interfaces", Fix: &plan.Fix{Summary: "bind 8443 to 127.0.0.1"}}},
			{Apply: true, By: plan.ByDefault, Points: 9, Finding: plan.Finding{Rule: "B008", Service: "web", Severity: plan.Medium, At: at(14, 3),
				Message: "the root file system of web is writable", Fix: &plan.Fix{Summary: "read_only: true"}}},
		},
	}
}

func layouts() (before, after Layout) {
	before = Layout{
		Networks:  []Net{{Name: "default", Members: []string{"web", "api", "db"}}},
		Published: []Published{{Service: "web", Host: "8080", Target: "80"}, {Service: "web", Host: "8443", Target: "443"}},
	}
	after = Layout{
		Networks: []Net{
			{Name: "api", Internal: true, Subnet: "10.213.0.0/28", Members: []string{"api", "web"}},
			{Name: "db", Internal: true, Members: []string{"api", "db"}},
			{Name: "edge", Members: []string{"web"}},
			{Name: "egress", Members: []string{"api"}},
		},
		Published: []Published{{Service: "web", Address: "127.0.0.1", Host: "8080", Target: "80"}, {Service: "web", Host: "8443", Target: "443"}},
	}
	return before, after
}
