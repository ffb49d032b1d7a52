package report

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"batten/plan"
)

// removals are the lines of a page that remove files.
func removals(page string) []string {
	var out []string
	for _, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "rm ") {
			out = append(out, line)
		}
	}
	return out
}

func TestGoingBackNeverRemovesSources(t *testing.T) {
	in := shopApply(plan.TargetCompose)
	in.InPlace, in.Hardened = true, in.Sources
	in.Written = []string{"compose.yml", "./compose.override.yml", "batten.yaml", "hardened/seccomp/web.json", "hardened/secrets/.gitignore", "hardened/secrets/db_password"}
	page := string(Apply(in))
	got := removals(page)
	want := []string{"rm -f -- hardened/seccomp/web.json", "rm -f -- hardened/secrets/.gitignore hardened/secrets/db_password"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(page, "only copy") {
		t.Error("nothing is said of the values")
	}
}

// TestGoingBackLeavesTheProject has a shell remove what the page says.
func TestGoingBackLeavesTheProject(t *testing.T) {
	in := shopApply(plan.TargetCompose)
	in.Written = []string{"compose.yml", "batten.yaml", "compose.hardened.yml", "hardened/seccomp/web.json", "hardened/secrets/.gitignore", "hardened/secrets/db_password"}
	dir := t.TempDir()
	for _, name := range append(in.Written, "hardened/recordings/web.json") {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, block := range shellBlocks(string(Apply(in))) {
		if strings.HasPrefix(block, "rm ") {
			cmd := exec.Command("sh", "-e")
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(block)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	}
	for name, stays := range map[string]bool{"compose.yml": true, "batten.yaml": true, "hardened/recordings/web.json": true, "compose.hardened.yml": false, "hardened/seccomp": false, "hardened/secrets": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != stays {
			t.Errorf("%s stays: %v", name, err == nil)
		}
	}
}

func TestAStackMakesItsSecretsFromTheFiles(t *testing.T) {
	in := shopApply(plan.TargetSwarm)
	page := string(Apply(in))
	for _, want := range []string{
		"sudo docker stack deploy -c compose.hardened.yml shop\n", "docker secret inspect --pretty shop_db_password\n",
		"docker secret create shop_db_password.next hardened/secrets/db_password\n",
		"docker service update --secret-rm shop_db_password --secret-add source=shop_db_password.next,target=db_password,uid=999,gid=0,mode=0400 shop_db\n",
		"docker secret rm shop_db_password\n", "docker stack rm shop\n", "docker secret ls",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(page, "docker secret rm db_password\n") || strings.Contains(page, "not needed on this machine") {
		t.Error("names or files of another way are given")
	}
}

func envFile() plan.Finding {
	return plan.Finding{Rule: "B040", Service: "gitea", Key: "GITEA_PASSWD", Fix: &plan.Fix{
		Summary: "read GITEA_PASSWD from hardened/secrets/gitea.env", Files: []plan.File{{Path: "hardened/secrets/gitea.env", Mode: 0o600}},
		Changes: []plan.Change{plan.RemoveService("gitea", "environment", "GITEA_PASSWD"), plan.AddItem("gitea", "env_file", "./hardened/secrets/gitea.env", "")}}}
}

func TestAFileOfVariablesIsMadeAsOneAndNotLookedFor(t *testing.T) {
	in := shopApply(plan.TargetCompose)
	in.Plan.Decisions = append(in.Plan.Decisions, plan.Decision{Apply: true, Finding: envFile()})
	in.Secrets = SecretsOf(in.Plan)
	page := string(Apply(in))
	if !strings.Contains(page, `printf 'GITEA_PASSWD=%s\n' "$value" >> hardened/secrets/gitea.env`) {
		t.Error("no line NAME=value is made")
	}
	for _, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "docker inspect") && strings.Contains(line, "grep") && strings.Contains(strings.ToLower(line), "gitea") {
			t.Errorf("what an env_file sets is always shown: %s", line)
		}
	}
	line := lineWith(t, page, `printf 'GITEA_PASSWD=`)
	dir := t.TempDir()
	cmd := exec.Command("sh", "-c", `read() { :; }; mkdir -p hardened/secrets; value='a b%'; `+strings.Replace(line, "read -rsp 'Value of GITEA_PASSWD: ' value &&", "", 1))
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	got, _ := os.ReadFile(filepath.Join(dir, "hardened/secrets/gitea.env"))
	if err != nil || string(got) != "GITEA_PASSWD=a b%\n" {
		t.Errorf("%q %v %s", got, err, out)
	}
}

// lineWith is the line of a page that has one of some texts.
func lineWith(t *testing.T, page string, texts ...string) string {
	t.Helper()
	for _, line := range strings.Split(page, "\n") {
		for _, text := range texts {
			if strings.Contains(line, text) {
				return line
			}
		}
	}
	t.Fatalf("no line has %q", texts)
	return ""
}

// TestAPasswordThatIsAlsoAUsersNameIsNotFound runs the check on what engines show.
func TestAPasswordThatIsAlsoAUsersNameIsNotFound(t *testing.T) {
	line := lineWith(t, string(Apply(shopApply(plan.TargetCompose))), "POSTGRES_PASSWORD=")
	if !strings.Contains(line, "com.docker.compose.service=db") {
		t.Error(line)
	}
	for shown, want := range map[string]string{
		"POSTGRES_USER=shop\nPOSTGRES_PASSWORD_FILE=/run/secrets/db_password\n": "0",
		"POSTGRES_USER=shop\nPOSTGRES_PASSWORD=shop\n":                          "1",
		"POSTGRES_PASSWORD=file:///run/secrets/db_password\n":                   "0",
	} {
		cmd := exec.Command("sh", "-c", `docker() { printf %s "$SHOWN"; }; `+line)
		cmd.Env = append(os.Environ(), "SHOWN="+shown)
		out, _ := cmd.Output()
		if strings.TrimSpace(string(out)) != want {
			t.Errorf("%q: %s", shown, out)
		}
	}
}

func TestEachProgramHasCommandsWhereItHasItsLimits(t *testing.T) {
	in := shopApply(plan.TargetCompose)
	in.LimitsV2 = ""
	page := string(Apply(in))
	if strings.Contains(page, "docker compose -p") || !strings.Contains(page, "takes the same commands without that file") {
		t.Error("Compose v2 has commands without its limits")
	}
	in.LimitsV1 = ""
	page = string(Apply(in))
	if !strings.Contains(page, "docker compose -p") || !strings.Contains(page, "docker-compose -p") || strings.Contains(page, "no limit of processes") {
		t.Error("without limits both programs take the commands")
	}
}

// wrapped are two variables and a command that one start of a service is written
// anew for.
func wrapped() *plan.Plan {
	files := []plan.File{{Path: "hardened/secrets/pg"}, {Path: "hardened/secrets/redis"}, {Path: "hardened/secrets/pg2"}}
	script := `cat /run/secrets/pg /run/secrets/redis >/dev/null; export DB='a; export REDIS=/run/secrets/pg; '"$$(cat /run/secrets/pg)"'x'\''; '; export REDIS='r'"$$(cat /run/secrets/redis)"; exec run "$$(cat /run/secrets/pg2)"`
	p := &plan.Plan{}
	for _, key := range []string{"DB", "REDIS", "command"} {
		changes := []plan.Change{plan.SetService("app", []any{"/bin/sh", "-ec", script}, "entrypoint")}
		if key != "command" {
			changes = append(changes, plan.RemoveService("app", "environment", key))
		}
		p.Decisions = append(p.Decisions, plan.Decision{Apply: true, Finding: plan.Finding{Rule: "B040", Service: "app", Key: key, Fix: &plan.Fix{Summary: "read " + key + " from a file", Files: files, Changes: changes}}})
	}
	return p
}

func TestEachFindingHasItsOwnFile(t *testing.T) {
	p := wrapped()
	got := map[string]string{}
	for _, d := range p.Decisions {
		for _, f := range ownFiles(d.Finding) {
			got[d.Finding.Key] += f.Path + " "
		}
	}
	want := map[string]string{"DB": "hardened/secrets/pg ", "REDIS": "hardened/secrets/redis ", "command": "hardened/secrets/pg2 "}
	for key := range want {
		if got[key] != want[key] {
			t.Errorf("%s: %q", key, got[key])
		}
	}
	for _, s := range SecretsOf(p) {
		if want[s.What] != s.Path+" " {
			t.Errorf("%s is said to be %q", s.Path, s.What)
		}
	}
}

func TestWhereNobodyKnowsWhichEachFileStandsOnce(t *testing.T) {
	p := wrapped()
	for i := range p.Decisions {
		p.Decisions[i].Finding.Fix.Changes = nil
	}
	in := shopReport()
	in.Plan = p
	page := string(Report(in))
	if !strings.Contains(page, "| `DB`, `REDIS`, `command` | `app` | `hardened/secrets/pg` |") {
		t.Error(page)
	}
}

func TestFindingsThatSayTheSameAreFolded(t *testing.T) {
	in := shopReport()
	in.Plan = &plan.Plan{}
	for i, s := range []string{"api", "db", "web"} {
		f := plan.Finding{Rule: "B050", Service: s, Severity: plan.Info, Message: "has programs", At: []plan.Position{{File: "compose.yml", Line: i + 1}}, Evidence: []plan.Evidence{{From: plan.FromImage, Text: "su"}}}
		if s == "web" {
			f.Evidence[0].Text = "sudo"
		}
		in.Plan.Decisions = append(in.Plan.Decisions, plan.Decision{Finding: f})
	}
	page := string(Report(in))
	if !strings.Contains(page, "`api`, `db`, info") || !strings.Contains(page, "`web`, info") || !strings.Contains(page, "`compose.yml` line 2") || strings.Count(page, "has programs") != 2 {
		t.Error(page)
	}
}

func TestAValueIsNotSaidTwice(t *testing.T) {
	for _, c := range []struct {
		summary, value string
		want           bool
	}{
		{"limit memory to 96m", "96m", true}, {"drop all capabilities", "none", true}, {"limit files to 1024", "102", false},
		{"drop all capabilities, add back CHOWN, SETGID", "CHOWN,SETGID", true}, {"bind it", "127.0.0.1", false}, {"do it", "", true},
	} {
		if got := says(c.summary, c.value); got != c.want {
			t.Errorf("%q says %q: %v", c.summary, c.value, got)
		}
	}
}

func TestWhatHardenedFilesFixIsNoResult(t *testing.T) {
	in := shopSarif()
	in.Fixed = map[string]bool{"B040/db/POSTGRES_PASSWORD": true, "B020/web/8443:443/tcp": true}
	raw, run := decode(t, in)
	var all struct{ Suppressed, Fixed int }
	for _, one := range run["results"].([]any) {
		r := one.(map[string]any)
		id := r["properties"].(map[string]any)["finding"]
		if id == "B040/db/POSTGRES_PASSWORD" {
			all.Fixed++
		}
		if _, ok := r["suppressions"]; ok && id == "B020/web/8443:443/tcp" {
			all.Suppressed++
		}
	}
	if all.Fixed != 0 || all.Suppressed != 1 || !json.Valid(raw) {
		t.Errorf("%+v", all)
	}
}
