package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/plan/network"
	"batten/project"
)

var unguardedService = plan.Rule{
	ID: "B059", Title: "Services ask their clients who they are", Topic: "network",
	Severity: plan.Medium, Class: plan.Advice,
	Sources: []plan.Source{{Name: plan.GuideField}, {Name: plan.GuideTips}, {Name: plan.DockerDocs, Item: "networking"}},
	Why: "On a shared network every member can speak to every other. A service that asks for no password there belongs to whoever " +
		"takes over the weakest of its neighbours, and a service without encryption tells the password of one to another.",
	Fix:    "Nothing is changed: clients have to know the password, too. Set one, from a secret, and let networks hold only those who talk (B024).",
	Detect: detectUnguarded,
}

// unguarded is how a service that asks nobody is recognised.
type unguarded struct {
	kind   string   // as package network names stores
	unless []string // parts of names of variables, or of the command, that set a password
	says   string
}

// byDefault ask nobody unless something tells them to.
var byDefault = []unguarded{
	{"Redis", []string{"requirepass", "aclfile", "redis_password", "valkey_password", "redis.conf", "redis_conf"}, "Redis asks for no password"},
	{"memcached", []string{"-S", "--enable-sasl"}, "memcached asks for no password"},
	{"MongoDB", []string{"initdb_root_username", "mongodb_root", "--auth", "--keyfile"}, "MongoDB asks for no password"},
	{"Elasticsearch", []string{"elastic_password", "xpack.security.enabled=true", "initial_admin_password"}, "Elasticsearch asks for no password"},
	{"etcd", []string{"root_password", "--client-cert-auth", "client_cert_auth"}, "etcd asks for no password"},
	{"ZooKeeper", []string{"sasl", "auth_provider", "enable_auth"}, "ZooKeeper asks for no password"},
	{"Kafka", []string{"sasl", "ssl"}, "Kafka asks for no password"},
	{"NATS", []string{"--auth", "--user", "--pass", ".conf", "-c"}, "NATS asks for no password"},
}

// bySetting ask nobody because a variable says so: its name and, where it matters, its
// value.
var bySetting = []struct{ variable, value, says string }{
	{"POSTGRES_HOST_AUTH_METHOD", "trust", "PostgreSQL trusts every client"},
	{"MYSQL_ALLOW_EMPTY_PASSWORD", "", "MySQL allows an empty password for root"},
	{"MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "", "MariaDB allows an empty password for root"},
	{"ALLOW_EMPTY_PASSWORD", "yes", "an empty password is allowed"},
	{"ALLOW_ANONYMOUS_LOGIN", "yes", "everybody is let in"},
	{"ALLOW_PLAINTEXT_LISTENER", "yes", "the listener does not encrypt"},
	{"xpack.security.enabled", "false", "Elasticsearch asks for no password"},
	{"DISABLE_SECURITY_PLUGIN", "true", "OpenSearch asks for no password"},
}

// plainPorts are those of protocols that neither encrypt nor ask, or send
// passwords as they are.
var plainPorts = map[int]string{
	21: "FTP", 23: "Telnet", 69: "TFTP", 873: "rsync", 2375: "the engine's interface without TLS", 5900: "VNC", 1883: "MQTT", 389: "LDAP",
}

func detectUnguarded(d *plan.Draft) []plan.Finding {
	neighbours := map[string]int{}
	for _, n := range network.LayoutOf(d.Project.Model).Networks {
		for _, m := range n.Members {
			neighbours[m] += len(n.Members) - 1
		}
	}
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if neighbours[s.Name] == 0 {
			continue
		}
		out = append(out, asksNobody(d, s)...)
		out = append(out, speaksPlainly(d, s)...)
	}
	return out
}

func asksNobody(d *plan.Draft, s project.Service) []plan.Finding {
	for _, rule := range bySetting {
		value := s.Config.Environment[rule.variable]
		if value != nil && *value != "" && (rule.value == "" || strings.EqualFold(*value, rule.value)) {
			return []plan.Finding{{Service: s.Name, Key: "password", Severity: plan.High, Message: rule.says,
				At:       networkPlace(d, "services", s.Name, "environment"),
				Evidence: []plan.Evidence{{From: plan.FromCompose, Text: "environment " + rule.variable}}}}
		}
	}
	kind, evidence, ok := network.Store(d.Facts, s)
	if !ok {
		return nil
	}
	for _, rule := range byDefault {
		if rule.kind != kind || rule.told(s) {
			continue
		}
		return []plan.Finding{{Service: s.Name, Key: "password", Message: rule.says + ", as far as the compose file tells",
			At: networkPlace(d, "services", s.Name), Evidence: []plan.Evidence{evidence}}}
	}
	return nil
}

// told tells whether something about the service sets a password, or may: what a
// file of variables holds is not read.
func (u unguarded) told(s project.Service) bool {
	if len(s.Config.EnvFiles) > 0 {
		return true
	}
	var texts []string
	for name, value := range s.Config.Environment {
		text := name
		// Of values only those of switches are looked at, which hold no secret.
		if value != nil && strings.EqualFold(*value, "true") {
			text += "=true"
		}
		texts = append(texts, text)
	}
	texts = append(texts, s.Config.Command...)
	texts = append(texts, s.Config.Entrypoint...)
	for _, m := range s.Config.Volumes {
		texts = append(texts, m.Target)
	}
	return slices.ContainsFunc(texts, func(text string) bool {
		return slices.ContainsFunc(u.unless, func(part string) bool {
			return part == text || len(part) > 2 && strings.Contains(strings.ToLower(text), part)
		})
	})
}

func speaksPlainly(d *plan.Draft, s project.Service) []plan.Finding {
	var out []plan.Finding
	for _, e := range network.Served(d.Facts, s) {
		if what := plainPorts[e]; what != "" {
			out = append(out, plan.Finding{Service: s.Name, Key: strconv.Itoa(e), At: networkPlace(d, "services", s.Name),
				Message: fmt.Sprintf("port %d is that of %s, which neither encrypts nor keeps passwords to itself", e, what)})
		}
	}
	return out
}

// edgeKey names an edge to the outside.
func edgeKey(e plan.Edge) string { return fmt.Sprintf("%d/%s", e.Port, e.Protocol) }
