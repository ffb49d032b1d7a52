package profiles

import "slices"

// HealthProbe is a command that tells whether an image's service answers.
type HealthProbe struct {
	Command []string // argument vector; the image must have the program
	// Assumes says what must be true of the service's settings; "" for nothing that
	// its settings could change. Argument is what its command must have for that; "" when
	// it is so by default.
	Assumes  string
	Argument string
	// Variable is that of the service's environment which the last word of Command
	// follows: the word is what counts where the variable is not set. "" for none. The
	// image's start takes the variable's value from a file that Variable_FILE names.
	Variable string
}

// Program is what the image must have.
func (p HealthProbe) Program() string { return p.Command[0] }

// HealthCheckFor returns the probes that are known for a repository as
// [SplitImage] names it, the best first: take the first whose program the image
// has. No probe holds a password: one in a command can be read by everyone who may
// inspect the container.
func HealthCheckFor(repository string) []HealthProbe {
	return slices.Clone(healthProbes[repository])
}

func probe(assumes string, command ...string) HealthProbe {
	return HealthProbe{Command: command, Assumes: assumes}
}

// The probes go to 127.0.0.1 where a first start serves on a Unix socket only
// while it prepares the data: it is not ready then.
var (
	postgresProbes = []HealthProbe{{Command: []string{"pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"}, Variable: "POSTGRES_USER"}}
	mysqlProbes    = []HealthProbe{probe("", "mysqladmin", "ping", "--silent", "-h", "127.0.0.1")}
)

var healthProbes = map[string][]HealthProbe{
	"docker.io/library/postgres":  postgresProbes,
	"ghcr.io/immich-app/postgres": postgresProbes,
	"docker.io/postgis/postgis":   postgresProbes,
	"docker.io/library/mysql":     mysqlProbes,
	"docker.io/library/percona":   mysqlProbes,
	"docker.io/library/mariadb":   {probe("", "healthcheck.sh", "--connect", "--innodb_initialized")},
	"docker.io/library/redis":     {probe("no TLS-only port", "redis-cli", "ping")},
	"docker.io/valkey/valkey":     {probe("no TLS-only port", "valkey-cli", "ping")},
	"docker.io/library/mongo":     {probe("", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok")},
	"docker.io/library/rabbitmq":  {probe("", "rabbitmq-diagnostics", "-q", "ping")},
	"docker.io/library/traefik":   {{Command: []string{"traefik", "healthcheck", "--ping"}, Assumes: "started with --ping", Argument: "--ping"}},
	"docker.io/library/influxdb":  {probe("", "influx", "ping")},
	"docker.io/grafana/grafana": {
		probe("", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"),
		probe("", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/api/health"),
	},
	"docker.io/prom/prometheus": {probe("", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/healthy")},
	"docker.io/library/nginx":   {probe("serves port 80", "curl", "-sS", "-o", "/dev/null", "http://127.0.0.1:80/")},
	"docker.io/minio/minio": {
		probe("", "mc", "ready", "local"),
		probe("", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:9000/minio/health/live"),
	},
}
