package network

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// load reads a compose file as a project named shop.
func load(t rapid.TB, dir, text string) plan.Facts {
	t.Helper()
	folder := filepath.Join(dir, "shop")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "compose.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(context.Background(), folder, nil)
	if err != nil {
		t.Fatal(err, "\n", text)
	}
	return plan.Facts{Project: p, Target: plan.TargetCompose, Profiles: map[string]*profiles.Profile{}}
}

// record gives a service a recording: "listen 80", "connect db 5432",
// "connect 1.2.3.4 443".
func record(f plan.Facts, service string, sockets ...string) {
	p := &profiles.Profile{Runs: []profiles.Run{{Seconds: 60}}}
	p.Syscalls = []profiles.Syscall{{Name: "read", Phases: []profiles.Phase{profiles.PhaseSteady}}}
	p.Resources = &profiles.Resources{}
	for _, text := range sockets {
		parts := strings.Fields(text)
		port, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil {
			panic(err)
		}
		s := profiles.Socket{Use: profiles.SocketUse(parts[0]), Protocol: "tcp", Port: port, Runs: 1}
		if len(parts) == 3 {
			if strings.ContainsAny(parts[1], ".:") {
				s.Address = parts[1]
			} else {
				s.Peer = parts[1]
			}
		}
		p.Sockets = append(p.Sockets, s)
	}
	f.Profiles[service] = p
}

// arrows writes edges between services as "from>to:port", the observed ones with
// "=>".
func arrows(edges []plan.Edge) []string {
	var out []string
	for _, e := range edges {
		if e.From == Internet {
			continue
		}
		arrow := ">"
		if e.Observed {
			arrow = "=>"
		}
		out = append(out, e.From+arrow+e.To+":"+strconv.Itoa(e.Port))
	}
	return out
}
