package report

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"batten/plan"
	"batten/project"
)

func shopApply(target plan.Target) ApplyInput {
	p, pl := threeTiers()
	pl.Target = target
	return ApplyInput{
		Project: p, Plan: pl, Sources: []string{"compose.yml", "compose.override.yml"}, Hardened: []string{"compose.hardened.yml"},
		LimitsV1: "hardened/limits.docker-compose.yml", LimitsV2: "hardened/limits.compose.yml",
		AppArmor: map[string]string{"batten.shop.web": "hardened/apparmor/batten.shop.web"},
		Secrets:  SecretsOf(pl), EnvFiles: []string{".env", "hardened/secrets/environment"},
		Workload: "./smoke.sh 'a b'", Written: []string{"compose.hardened.yml", "hardened/APPLY.md"},
	}
}

func TestTheCommandsForCompose(t *testing.T) {
	golden(t, "APPLY.compose.md", Apply(shopApply(plan.TargetCompose)))
}

func TestTheCommandsForASwarm(t *testing.T) {
	in := shopApply(plan.TargetSwarm)
	in.AppArmor, in.LimitsV1, in.LimitsV2 = nil, "", ""
	golden(t, "APPLY.swarm.md", Apply(in))
}

func TestTheCommandsAfterAnEditInPlaceGoBackByVersionControl(t *testing.T) {
	in := shopApply(plan.TargetCompose)
	in.InPlace, in.Hardened = true, in.Sources
	got := string(Apply(in))
	if !strings.Contains(got, "git checkout -- compose.yml compose.override.yml") || !strings.Contains(got, "docker-compose -p shop -f compose.yml -f compose.override.yml -f hardened/limits.docker-compose.yml up -d") {
		t.Error(got)
	}
}

// shellBlocks are the commands of a page.
func shellBlocks(page string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```sh\n(.*?)\n```$").FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestCommandsAreShell(t *testing.T) {
	for _, target := range []plan.Target{plan.TargetCompose, plan.TargetSwarm} {
		for _, block := range shellBlocks(string(Apply(shopApply(target)))) {
			cmd := exec.Command("sh", "-n")
			cmd.Stdin = strings.NewReader(block)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s\n%s", err, out, block)
			}
		}
	}
}

// TestAQuotedWordIsOneWord asks a real shell what it makes of hostile words.
func TestAQuotedWordIsOneWord(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	words := append([]string{"a b", "*", "a'b", "$HOME", "~root", "a\nb", "x=y", "{a,b}", "#x", "\\"}, hostile...)
	for _, w := range words {
		got, err := exec.Command(bash, "-c", "printf %s "+shell(w)).Output()
		if err != nil || string(got) != w {
			t.Errorf("%q as %s is %q (%v)", w, shell(w), got, err)
		}
		if strings.ContainsAny(shell(w), "\n\r\x1b") {
			t.Errorf("%q has control characters: %q", w, shell(w))
		}
	}
}

func TestAPathIsNoOption(t *testing.T) {
	if got := path("-rf"); got != "./-rf" {
		t.Error(got)
	}
}

// TestHostileNamesStayArguments has every command of a hostile project run by a
// shell in which all programs do nothing but the one that the names would run.
func TestHostileNamesStayArguments(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	for _, target := range []plan.Target{plan.TargetCompose, plan.TargetSwarm} {
		for _, evil := range []string{
			"`touch pwned`", "$(touch pwned)", "'; touch pwned; '", "a\ntouch pwned\n", "\"; touch pwned; \"", "|touch pwned",
			"```\ntouch pwned\n```sh\n", "-x", "&touch pwned",
		} {
			t.Run(string(target)+" "+evil, func(t *testing.T) { staysArgument(t, bash, target, evil) })
		}
	}
}

func staysArgument(t *testing.T, bash string, target plan.Target, evil string) {
	in := shopApply(target)
	in.Project = &project.Project{Name: evil, Services: []project.Service{{Name: evil, Image: evil}, {Name: "b", Build: true}}}
	in.Sources, in.Hardened, in.LimitsV1 = []string{evil}, []string{evil}, evil
	in.AppArmor = map[string]string{evil: evil}
	in.EnvFiles, in.Written, in.Workload = []string{evil}, []string{evil}, evil
	in.Plan.Decisions = append(in.Plan.Decisions, plan.Decision{Apply: true, Finding: plan.Finding{Service: evil, Key: evil, Fix: &plan.Fix{
		Files: []plan.File{{Path: evil}}, Changes: []plan.Change{plan.RemoveService(evil, "environment", evil)}}}},
		plan.Decision{Apply: true, Finding: plan.Finding{Service: evil, Key: "command", Fix: &plan.Fix{Files: []plan.File{{Path: evil}}}}})
	in.Secrets = []Secret{{Name: evil, What: evil, Path: evil, Services: []string{evil}}, {Name: evil, What: evil, Path: evil + ".env", Variables: []string{evil}, Services: []string{evil}}}
	page := string(Apply(in))
	for _, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "touch pwned") {
			t.Fatalf("a line of others: %q", line)
		}
	}
	script := "touch() { echo PWNED; }\n"
	for _, p := range []string{"docker", "docker-compose", "sudo", "install", "chmod", "rm", "git", "batten", "read", "sh", "grep", "rmdir", "vi", "."} {
		script += p + "() { :; }\n"
	}
	cmd := exec.Command(bash)
	cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader(script+strings.Join(shellBlocks(page), "\n")+"\necho END\n")
	out, _ := cmd.CombinedOutput()
	if bytes.Contains(out, []byte("PWNED")) || !bytes.HasSuffix(out, []byte("END\n")) {
		t.Fatalf("%s", out)
	}
}

func TestSecretsAreNamedOnce(t *testing.T) {
	file := plan.File{Path: "hardened/secrets/db_password", Mode: 0o444, Content: plan.NewSensitive(hunter)}
	p := &plan.Plan{Target: plan.TargetSwarm}
	for _, service := range []string{"api", "db"} {
		p.Decisions = append(p.Decisions, plan.Decision{Apply: true, Finding: plan.Finding{Rule: "B040", Service: service, Key: "DB_PASSWORD", Fix: &plan.Fix{Files: []plan.File{file}}}})
	}
	p.Decisions = append(p.Decisions, plan.Decision{Finding: plan.Finding{Rule: "B040", Service: "off", Fix: &plan.Fix{Files: []plan.File{{Path: "hardened/secrets/other"}}}}})
	got := SecretsOf(p)
	if len(got) != 1 || got[0].Name != "db_password" || strings.Join(got[0].Services, " ") != "api db" {
		t.Errorf("%+v", got)
	}
}
