package secrets

import (
	"slices"
	"strings"
)

// changing tells how a credential is changed in what already runs.
var changing = []struct {
	repositories []string
	how          string
}{
	{[]string{"library/postgres", "postgis/postgis", "timescale/timescaledb", "pgvector/pgvector", "ankane/pgvector", "ghcr.io/immich-app/postgres"},
		"ALTER USER … PASSWORD in psql"},
	{[]string{"library/mysql", "library/mariadb", "library/percona"}, "ALTER USER … IDENTIFIED BY in the client"},
	{[]string{"library/mongo"}, "db.changeUserPassword in mongosh"},
	{[]string{"grafana/grafana", "grafana/grafana-oss", "grafana/grafana-enterprise"}, "grafana cli admin reset-admin-password"},
	{[]string{"library/influxdb"}, "influx user password"},
	{[]string{"library/rabbitmq"}, "rabbitmqctl change_password"},
	{[]string{"library/elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch"}, "elasticsearch-reset-password"},
}

// rotation is what a user has to know about a value that was in a file.
func (m *migration) rotation(u *Unit) []string {
	if u.Prose {
		return nil
	}
	note := "the value was in the compose file and stays in version control's history: change it"
	if u.Reference {
		note = "docker inspect showed the value: change it if others could look"
	}
	if svc, ok := m.services[u.Service]; ok {
		for _, c := range changing {
			if slices.Contains(c.repositories, Repository(svc.Image)) {
				return []string{note + ", with " + c.how + " (an initialised volume keeps the old one), then in " + strings.TrimSuffix(m.path("x"), "/x")}
			}
		}
	}
	return []string{note}
}
