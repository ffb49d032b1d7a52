package rules

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// daemons are programs that serve, by what they do: two of one kind are one daemon.
var daemons = map[string]string{
	"sshd": "ssh", "dropbear": "ssh",
	"nginx": "nginx", "httpd": "httpd", "apache2": "httpd", "lighttpd": "lighttpd", "caddy": "caddy", "haproxy": "haproxy", "traefik": "traefik",
	"postgres": "postgres", "mysqld": "mysql", "mariadbd": "mysql", "mongod": "mongo", "redis-server": "redis", "valkey-server": "redis",
	"memcached": "memcached", "rabbitmq-server": "rabbitmq", "slapd": "ldap",
	"php-fpm": "php", "uwsgi": "uwsgi", "gunicorn": "gunicorn", "unicorn": "unicorn",
	"cron": "cron", "crond": "cron", "rsyslogd": "syslog", "syslogd": "syslog", "syslog-ng": "syslog",
	"postfix": "mail", "exim4": "mail", "sendmail": "mail", "dovecot": "dovecot", "named": "dns", "dnsmasq": "dns", "vsftpd": "ftp", "proftpd": "ftp",
	"smbd": "samba", "rpcbind": "rpc", "telnetd": "telnet",
}

// daemonOf is the kind of daemon that a program is, "" for others; "php-fpm8.2" is
// php.
func daemonOf(program string) string {
	name := path.Base(program)
	if kind := daemons[name]; kind != "" {
		return kind
	}
	return daemons[strings.TrimRight(name, "0123456789.")]
}

func detectSeveralDaemons(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		seen := map[string]plan.Evidence{}
		for _, program := range startedBy(s) {
			if kind := daemonOf(program); kind != "" {
				seen[kind] = plan.Evidence{From: plan.FromCompose, Text: "starts " + plain(program)}
			}
		}
		if p := d.Profile(s.Name); p != nil {
			for _, ran := range p.Programs {
				if kind := daemonOf(ran.Path); kind != "" && ran.Part == profiles.PartApplication {
					seen[kind] = plan.Evidence{From: plan.FromRecording, Text: "executed " + plain(ran.Path)}
				}
			}
		}
		if ssh, ok := seen["ssh"]; ok {
			out = append(out, plan.Finding{Service: s.Name, Key: "ssh", Severity: plan.Medium,
				Message: "an SSH server runs in it: a second way in", Evidence: []plan.Evidence{ssh}})
			delete(seen, "ssh")
		}
		if len(seen) > 1 {
			kinds := slices.Sorted(maps.Keys(seen))
			f := plan.Finding{Service: s.Name, Key: "daemons", Message: fmt.Sprintf("%d daemons run in it: %s", len(kinds), strings.Join(kinds, ", "))}
			for _, kind := range kinds {
				f.Evidence = append(f.Evidence, seen[kind])
			}
			out = append(out, f)
		}
	}
	return out
}

// startedBy are the programs that a service's entry point and command name: the
// first word of each, and of each command of a script that is given to a shell.
// What the file leaves out is the image's.
func startedBy(s project.Service) []string {
	entry, command := []string(s.Config.Entrypoint), []string(s.Config.Command)
	if s.Facts != nil && entry == nil {
		entry = s.Facts.Entrypoint
		if command == nil {
			command = s.Facts.Command
		}
	}
	var out []string
	for _, words := range [][]string{entry, command} {
		if len(words) == 0 {
			continue
		}
		out = append(out, words[0])
		if i := slices.Index(words, "-c"); i >= 0 && i+1 < len(words) {
			for _, one := range strings.FieldsFunc(words[i+1], func(r rune) bool { return strings.ContainsRune(";&|\n", r) }) {
				if words := slices.DeleteFunc(strings.Fields(one), func(w string) bool { return w == "exec" || w == "nohup" }); len(words) > 0 {
					out = append(out, words[0])
				}
			}
		}
	}
	return out
}

// inits are programs that collect every process.
var inits = []string{
	"init", "tini", "tini-static", "dumb-init", "docker-init", "catatonit", "pid1", "s6-svscan", "s6-overlay-suexec", "runit", "runsvdir",
	"supervisord", "systemd", "bash", "sh", "dash", "busybox", "ash",
}

func detectNoInit(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		p := d.Profile(s.Name)
		if p == nil || s.Config.Init != nil && *s.Config.Init {
			continue
		}
		i := slices.IndexFunc(p.Entries, func(e profiles.Entry) bool { return e.Kind == profiles.EntryMain && e.Program != "" })
		if i < 0 || slices.Contains(inits, path.Base(p.Entries[i].Program)) {
			continue
		}
		main := p.Entries[i].Program
		var children []string
		for _, ran := range p.Programs {
			if ran.Part == profiles.PartApplication && ran.Path != main && ran.First != nil && ran.First.Phase == profiles.PhaseSteady {
				children = append(children, ran.Path)
			}
		}
		if len(children) == 0 {
			continue
		}
		fix := &plan.Fix{Summary: "set init: true", Off: true, Risk: "a program that insists on being process 1 does not start",
			Changes: []plan.Change{plan.SetService(s.Name, true, "init")}}
		f := plan.Finding{Service: s.Name, Message: "what starts as " + plain(main) + " starts other programs while it serves, and may not collect them",
			Evidence: []plan.Evidence{{From: plan.FromRecording, Text: "executed while it served: " + some(children)}}, Fix: fix}
		if waits := callDoubts(p, "waits for children", "", "wait4", "waitid", "waitpid"); len(waits) == 0 {
			fix.Off = false
			f.Severity = plan.Low
			f.Message = "what starts as " + plain(main) + " starts other programs while it serves, and never waits for one"
		}
		out = append(out, f)
	}
	return out
}
