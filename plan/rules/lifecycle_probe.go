package rules

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// probe is a health check that a service's image can run.
type probe struct {
	test     []string // as compose wants it: "CMD", program, arguments
	evidence []plan.Evidence
	chosen   string // the user's own command, as it was written
	program  string // what it runs, for people
	doubt    string // what it rests on that nobody has seen to be so, "" for nothing
}

// noProbe says why there is none.
type noProbe struct{ text, measure string }

// probeOf chooses a health check for a service: the user's, that of its image or its
// server program, or a connection to a port that it listens on.
func probeOf(d *plan.Draft, s project.Service) (probe, noProbe) {
	var files *project.ImageFiles
	if s.Facts != nil {
		files = s.Facts.Files
	}
	if chosen := d.Value("B033", s.Name, ""); chosen != "" {
		if _, shell := files.Program("/bin/sh"); files != nil && !shell {
			return probe{}, noProbe{text: "batten.yaml gives a command, and the image has no /bin/sh to run it"}
		}
		// Compose would fill in variables: a dollar is doubled.
		return probe{test: []string{"CMD-SHELL", strings.ReplaceAll(chosen, "$", "$$")}, chosen: chosen,
			evidence: []plan.Evidence{{From: plan.FromSettings, Text: "chosen"}}}, noProbe{}
	}
	if p, ok := imageProbe(d, s, files); ok {
		return p, noProbe{}
	}
	if files == nil {
		return probe{}, noProbe{text: "it is not known which programs the image has: the engine does not have it, or was not asked"}
	}
	port, from, doubt := servedPort(d, s)
	if port == 0 {
		if d.Profile(s.Name) == nil {
			return probe{}, noProbe{"it is not known on which port it listens", plan.MeasureCommand(s.Name)}
		}
		return probe{}, noProbe{text: "it was not seen to listen on a port: only you know what tells that it works"}
	}
	web := slices.ContainsFunc(serverPrograms(d, s), func(p string) bool { return slices.Contains(webServers, path.Base(p)) })
	for _, tool := range portTools {
		if tool.web && !web {
			continue
		}
		if where, ok := files.Program(tool.program); ok {
			return probe{
				test:    append([]string{"CMD", tool.program}, tool.arguments(port)...),
				program: tool.program,
				evidence: []plan.Evidence{
					{From: from, Text: fmt.Sprintf("listens on port %d", port)},
					{From: plan.FromImage, Text: "has " + where},
				},
				doubt: doubt,
			}, noProbe{}
		}
	}
	return probe{}, noProbe{text: fmt.Sprintf("the image has no program that could ask port %d", port)}
}

// portTool is a program that can tell whether a port answers.
type portTool struct {
	program string
	web     bool // speaks HTTP, so that it is for web servers only
	args    []string
}

// portTools in the order in which they are taken: the lightest first. PORT stands for
// the number. None of them needs an answer that only some paths of a web site give.
var portTools = []portTool{
	{"curl", true, []string{"-sS", "-o", "/dev/null", "http://127.0.0.1:PORT/"}},
	{"bash", false, []string{"-c", "exec 3<>/dev/tcp/127.0.0.1/PORT"}},
	{"nc", false, []string{"-z", "-w", "3", "127.0.0.1", "PORT"}},
	{"perl", false, []string{"-MIO::Socket::INET", "-e", "IO::Socket::INET->new(PeerAddr => '127.0.0.1:PORT', Timeout => 3) or exit 1"}},
	{"python3", false, []string{"-c", "import socket; socket.create_connection(('127.0.0.1', PORT), 3).close()"}},
	{"python", false, []string{"-c", "import socket; socket.create_connection(('127.0.0.1', PORT), 3).close()"}},
	{"php", false, []string{"-r", "exit(@fsockopen('127.0.0.1', PORT) ? 0 : 1);"}},
	{"node", false, []string{"-e", "require('net').connect(PORT, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"}},
	{"wget", true, []string{"-q", "-O", "/dev/null", "http://127.0.0.1:PORT/"}},
}

func (t portTool) arguments(port int) []string {
	out := make([]string, len(t.args))
	for i, a := range t.args {
		out[i] = strings.ReplaceAll(a, "PORT", strconv.Itoa(port))
	}
	return out
}

// webServers are programs that speak HTTP on the ports that they listen on.
var webServers = []string{"nginx", "apache2", "httpd", "caddy", "lighttpd"}

// serverPrograms are the programs that a service runs: recorded ones, else what its
// command begins with.
func serverPrograms(d *plan.Draft, s project.Service) []string {
	var out []string
	if p := d.Profile(s.Name); p != nil {
		for _, program := range p.Programs {
			if program.Part == profiles.PartApplication {
				out = append(out, program.Path)
			}
		}
	}
	commands := [][]string{s.Config.Entrypoint, s.Config.Command}
	if s.Facts != nil {
		if len(s.Config.Entrypoint) == 0 {
			commands = append(commands, s.Facts.Entrypoint)
		}
		if len(s.Config.Entrypoint) == 0 && len(s.Config.Command) == 0 {
			commands = append(commands, s.Facts.Command)
		}
	}
	for _, c := range commands {
		if len(c) > 0 {
			out = append(out, c[0])
		}
	}
	return out
}
