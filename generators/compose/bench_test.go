package compose

import (
	"fmt"
	"strings"
	"testing"

	"batten/plan"
)

// large is a project of n services with fifteen changes each.
func large(n int) (string, *plan.Plan) {
	var b strings.Builder
	b.WriteString("# many\nservices:\n")
	var decisions [][]plan.Change
	for i := range n {
		name := fmt.Sprintf("s%04d", i)
		fmt.Fprintf(&b, `
  # service %[1]s
  %[1]s:
    image: registry.example/team/%[1]s:1.2.3 # pinned
    restart: always
    ports:
      - "2%04[2]d:80"
      - 3%04[2]d:90
    environment:
      MODE: production
      DB_PASSWORD: not-so-secret
      LEVEL: info
    volumes:
      - ./data/%[1]s:/data
    security_opt:
      - seccomp:unconfined
    networks: [front, back]
    depends_on: []
`, name, i)
		place := func(keys ...string) *plan.Place {
			return &plan.Place{Path: append([]string{"services", name}, keys...)}
		}
		for _, c := range []plan.Change{
			plan.SetService(name, true, "read_only"),
			plan.AddItem(name, "security_opt", "no-new-privileges:true", "no-new-privileges"),
			plan.AddItem(name, "security_opt", "seccomp=./hardened/seccomp/"+name+".json", "seccomp"),
			plan.SetService(name, []any{"ALL"}, "cap_drop"),
			plan.SetService(name, []any{"CHOWN"}, "cap_add"),
			plan.SetService(name, "64M", "deploy", "resources", "limits", "memory"),
			plan.SetService(name, "0.5", "deploy", "resources", "limits", "cpus"),
			plan.SetService(name, "1000:1000", "user"),
			plan.SetService(name, "on-failure:5", "restart"),
			plan.AddItem(name, "tmpfs", "/tmp:size=16m", "/tmp"),
			{Op: plan.Replace, At: place("ports", "0"), Value: fmt.Sprintf("127.0.0.1:2%04d:80", i)},
			{Op: plan.Drop, At: place("ports", "1")},
			plan.RemoveService(name, "environment", "DB_PASSWORD"),
			plan.SetService(name, "/run/secrets/db", "environment", "DB_PASSWORD_FILE"),
			plan.SetService(name, []any{plan.Map{{Key: "source", Value: "db"}, {Key: "mode", Value: 288}}}, "secrets"),
		} {
			decisions = append(decisions, []plan.Change{c})
		}
	}
	b.WriteString("\nnetworks:\n  front:\n  back:\n")
	return b.String(), newPlan(decisions...)
}

func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		data, pl := large(n)
		p := newProject(b, main("compose.yml", data))
		b.Run(fmt.Sprintf("services=%d", n), func(b *testing.B) {
			for b.Loop() {
				out := generate(b, p, pl)
				if len(out.Refused) > 0 {
					b.Fatalf("refused %v", out.Refused[0])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/service")
		})
	}
}
