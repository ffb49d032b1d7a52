package engine

import (
	"strings"
	"testing"

	"batten/plan"
)

func TestEachCallOfAProfileIsExplainedOnce(t *testing.T) {
	h := hardened(t, demoShop(t))
	for _, service := range []string{"app", "cache", "db", "web"} {
		made := h.survey.policies[service]
		groups := h.Calls(service)
		last := groups[len(groups)-1]
		if !last.Refused || len(last.Calls) != made.Stats.RemovedFromDefault {
			t.Errorf("%s: the last group is %s with %d calls, %d are gone", service, last.Title, len(last.Calls), made.Stats.RemovedFromDefault)
		}
		seen := map[string]bool{}
		for _, g := range groups {
			if len(g.Calls) == 0 {
				t.Errorf("%s: nothing in %s", service, g.Title)
			}
			for i, c := range g.Calls {
				if seen[c.Name] || c.Why == "" || i > 0 && g.Calls[i-1].Name >= c.Name {
					t.Errorf("%s: %s: %+v", service, g.Title, c)
				}
				seen[c.Name] = true
				if made.Why[c.Name].Allowed == g.Refused || g.Refused && c.Docker == "refused" {
					t.Errorf("%s: %s is in %q", service, c.Name, g.Title)
				}
			}
		}
		for name, why := range made.Why {
			if why.Allowed && !seen[name] {
				t.Errorf("%s: %s is in no group", service, name)
			}
		}
	}
	if h.Calls("nobody") != nil {
		t.Error("a profile of a service that is not there")
	}
}

func TestACallSaysWhenAndByWhichProgramItWasMade(t *testing.T) {
	calls := map[string]CallLine{}
	for _, g := range hardened(t, demoShop(t)).Calls("web") {
		for _, c := range g.Calls {
			calls[c.Name] = c
		}
	}
	if c := calls["accept4"]; !strings.Contains(c.Why, "steady") || !strings.HasSuffix(c.Why, "by /usr/sbin/nginx") || c.Docker != "allowed" || c.Security {
		t.Errorf("%+v", c)
	}
	if c := calls["clone"]; c.Args != "without new namespaces" || c.Docker != "for some arguments" {
		t.Errorf("%+v", c)
	}
	if c := calls["accept"]; c.Why != "same privilege as accept4" {
		t.Errorf("%+v", c)
	}
	if c := calls["name_to_handle_at"]; !c.Security {
		t.Errorf("%+v", c)
	}
}

func TestEachRuleOfAnAppArmorProfileIsExplained(t *testing.T) {
	h := hardened(t, demoShop(t))
	for _, c := range h.AppArmor {
		text, err := h.Text(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		var written []string
		for _, l := range text.Lines {
			written = append(written, strings.TrimSpace(l.Text))
		}
		n := 0
		for _, g := range h.AppArmorRules(c.Service) {
			if g.Title == "" || len(g.Rules) == 0 {
				t.Errorf("%s: group %q has %d rules", c.Service, g.Title, len(g.Rules))
			}
			for _, r := range g.Rules {
				n++
				if r.Why == "" || !strings.Contains("\n"+strings.Join(written, "\n"), "\n"+r.Text) {
					t.Errorf("%s: %+v is not in the file, or without a reason", c.Service, r)
				}
			}
		}
		if n != c.Rules || n < 10 {
			t.Errorf("%s: %d rules explained of %d", c.Service, n, c.Rules)
		}
	}
	if len(h.AppArmor) != 4 || h.AppArmorRules("nobody") != nil {
		t.Errorf("%d profiles", len(h.AppArmor))
	}
}

func TestTheNetworksAndTheChecklistFollowTheDecisions(t *testing.T) {
	h := hardened(t, demoShop(t))
	before, after := h.Layouts()
	if len(before.Networks) != 1 || len(after.Networks) < 2 || len(after.Services) != 4 {
		t.Errorf("before %+v, after %+v", before.Networks, after.Networks)
	}
	anew, err := h.With(t.Context(), []plan.Setting{decisionOn(t, "B003/web", false)})
	if err != nil {
		t.Fatal(err)
	}
	point := func(h *Hardening) ChecklistItem {
		for _, c := range h.Checklist("web") {
			if c.Rules[0] == "B003" {
				return c
			}
		}
		return ChecklistItem{}
	}
	if was, is := point(h), point(anew); was.Now || !was.Then || is.Then {
		t.Errorf("no-new-privileges: %+v, then %+v", was, is)
	}
	if h.Checklist("nobody") != nil {
		t.Error("a checklist of a service that is not there")
	}
}
