package network

// store is what is known of images that keep, cache or hand on data for other
// services. They answer and never need the outside.
type store struct {
	Kind  string // for people
	Ports []int  // the ports of its protocol, the main one first
}

// kinds of stores; repositories name them.
var (
	postgres      = store{"PostgreSQL", []int{5432}}
	mysql         = store{"MySQL", []int{3306, 33060}}
	mongo         = store{"MongoDB", []int{27017}}
	redis         = store{"Redis", []int{6379}}
	memcached     = store{"memcached", []int{11211}}
	rabbitmq      = store{"RabbitMQ", []int{5672, 5671, 4369, 25672}}
	elasticsearch = store{"Elasticsearch", []int{9200, 9300}}
	kafka         = store{"Kafka", []int{9092, 29092}}
	zookeeper     = store{"ZooKeeper", []int{2181, 2888, 3888}}
	etcd          = store{"etcd", []int{2379, 2380}}
	cassandra     = store{"Cassandra", []int{9042, 7000}}
	objects       = store{"object store", []int{9000}}
)

// stores are the images of stores by repository.
var stores = map[string]store{
	"docker.io/library/postgres":                           postgres,
	"docker.io/postgis/postgis":                            postgres,
	"docker.io/pgvector/pgvector":                          postgres,
	"docker.io/timescale/timescaledb":                      postgres,
	"docker.io/timescale/timescaledb-ha":                   postgres,
	"docker.io/ankane/pgvector":                            postgres,
	"docker.io/paradedb/paradedb":                          postgres,
	"docker.io/tensorchord/vchord-postgres":                postgres,
	"docker.redpanda.com/redpandadata/redpanda":            kafka,
	"docker.io/redpandadata/redpanda":                      kafka,
	"mcr.microsoft.com/azure-sql-edge":                     {"SQL Server", []int{1433}},
	"docker.io/tensorchord/pgvecto-rs":                     postgres,
	"docker.io/bitnami/postgresql":                         postgres,
	"docker.io/bitnamilegacy/postgresql":                   postgres,
	"ghcr.io/immich-app/postgres":                          postgres,
	"docker.io/library/mysql":                              mysql,
	"docker.io/library/mariadb":                            mysql,
	"docker.io/library/percona":                            mysql,
	"docker.io/percona/percona-server":                     mysql,
	"docker.io/mysql/mysql-server":                         mysql,
	"container-registry.oracle.com/mysql/community-server": mysql,
	"docker.io/bitnami/mysql":                              mysql,
	"docker.io/bitnami/mariadb":                            mysql,
	"docker.io/bitnamilegacy/mysql":                        mysql,
	"docker.io/bitnamilegacy/mariadb":                      mysql,
	"docker.io/linuxserver/mariadb":                        mysql,
	"lscr.io/linuxserver/mariadb":                          mysql,
	"docker.io/library/mongo":                              mongo,
	"docker.io/bitnami/mongodb":                            mongo,
	"docker.io/bitnamilegacy/mongodb":                      mongo,
	"docker.io/mongodb/mongodb-community-server":           mongo,
	"docker.io/library/redis":                              redis,
	"docker.io/redis/redis-stack-server":                   redis,
	"docker.io/valkey/valkey":                              redis,
	"docker.io/bitnami/redis":                              redis,
	"docker.io/bitnami/valkey":                             redis,
	"docker.io/bitnamilegacy/redis":                        redis,
	"docker.io/eqalpha/keydb":                              redis,
	"docker.dragonflydb.io/dragonflydb/dragonfly":          redis,
	"docker.io/library/memcached":                          memcached,
	"docker.io/bitnami/memcached":                          memcached,
	"docker.io/library/rabbitmq":                           rabbitmq,
	"docker.io/bitnami/rabbitmq":                           rabbitmq,
	"docker.io/library/elasticsearch":                      elasticsearch,
	"docker.elastic.co/elasticsearch/elasticsearch":        elasticsearch,
	"docker.io/elastic/elasticsearch":                      elasticsearch,
	"docker.io/opensearchproject/opensearch":               elasticsearch,
	"docker.io/apache/kafka":                               kafka,
	"docker.io/bitnami/kafka":                              kafka,
	"docker.io/confluentinc/cp-kafka":                      kafka,
	"docker.io/wurstmeister/kafka":                         kafka,
	"docker.io/library/zookeeper":                          zookeeper,
	"docker.io/bitnami/zookeeper":                          zookeeper,
	"docker.io/confluentinc/cp-zookeeper":                  zookeeper,
	"docker.io/wurstmeister/zookeeper":                     zookeeper,
	"docker.io/bitnami/etcd":                               etcd,
	"quay.io/coreos/etcd":                                  etcd,
	"gcr.io/etcd-development/etcd":                         etcd,
	"docker.io/library/cassandra":                          cassandra,
	"docker.io/scylladb/scylla":                            cassandra,
	"docker.io/minio/minio":                                objects,
	"quay.io/minio/minio":                                  objects,
	"docker.io/library/couchdb":                            {"CouchDB", []int{5984}},
	"docker.io/library/influxdb":                           {"InfluxDB", []int{8086}},
	"docker.io/library/neo4j":                              {"Neo4j", []int{7687}},
	"docker.io/library/arangodb":                           {"ArangoDB", []int{8529}},
	"docker.io/library/rethinkdb":                          {"RethinkDB", []int{28015, 29015}},
	"docker.io/library/nats":                               {"NATS", []int{4222, 6222}},
	"docker.io/library/solr":                               {"Solr", []int{8983}},
	"docker.io/gvenzl/oracle-xe":                           {"Oracle", []int{1521}},
	"docker.io/gvenzl/oracle-free":                         {"Oracle", []int{1521}},
	"mcr.microsoft.com/mssql/server":                       {"SQL Server", []int{1433}},
	"docker.io/clickhouse/clickhouse-server":               {"ClickHouse", []int{9000, 8123}},
	"docker.io/cockroachdb/cockroach":                      {"CockroachDB", []int{26257}},
	"docker.io/qdrant/qdrant":                              {"Qdrant", []int{6333, 6334}},
	"docker.io/getmeili/meilisearch":                       {"Meilisearch", []int{7700}},
}

// storePorts are ports that nothing but a store is known for. A service whose
// every known port is among them is taken for one.
var storePorts = map[int]string{
	1433: "SQL Server", 1521: "Oracle", 2181: "ZooKeeper", 2379: "etcd", 3306: "MySQL", 33060: "MySQL",
	4222: "NATS", 5432: "PostgreSQL", 5672: "AMQP", 5984: "CouchDB", 6379: "Redis", 7687: "Neo4j",
	8086: "InfluxDB", 9042: "Cassandra", 9092: "Kafka", 9200: "Elasticsearch", 9300: "Elasticsearch",
	11211: "memcached", 26257: "CockroachDB", 27017: "MongoDB", 28015: "RethinkDB",
}

// inward are images that only answer and ask inside the project.
var inward = map[string]string{
	"docker.io/prom/node-exporter":                    "an exporter",
	"quay.io/prometheus/node-exporter":                "an exporter",
	"docker.io/prom/mysqld-exporter":                  "an exporter",
	"docker.io/prometheuscommunity/postgres-exporter": "an exporter",
	"quay.io/prometheuscommunity/postgres-exporter":   "an exporter",
	"docker.io/oliver006/redis_exporter":              "an exporter",
	"docker.io/nginx/nginx-prometheus-exporter":       "an exporter",
	"docker.io/tecnativa/docker-socket-proxy":         "a proxy of the engine's socket",
	"lscr.io/linuxserver/socket-proxy":                "a proxy of the engine's socket",
}

// outward are images that need the outside for something too rare for a
// recording to show: renewing a certificate, looking for updates, sending mail.
var outward = map[string]string{
	"docker.io/library/traefik":                 "renews certificates",
	"docker.io/library/caddy":                   "renews certificates",
	"docker.io/lucaslorentz/caddy-docker-proxy": "renews certificates",
	"docker.io/jc21/nginx-proxy-manager":        "renews certificates",
	"docker.io/nginxproxy/acme-companion":       "renews certificates",
	"docker.io/certbot/certbot":                 "renews certificates",
	"docker.io/grafana/grafana":                 "installs plugins, sends alerts",
	"docker.io/prom/alertmanager":               "sends alerts",
	"docker.io/library/nextcloud":               "installs applications, sends mail",
	"docker.io/library/wordpress":               "installs plugins, sends mail",
	"docker.io/library/ghost":                   "sends mail",
	"docker.io/jenkins/jenkins":                 "installs plugins, fetches sources",
	"docker.io/gitea/gitea":                     "mirrors repositories, calls webhooks",
	"docker.io/n8nio/n8n":                       "calls other services",
	"docker.io/louislam/uptime-kuma":            "watches addresses outside",
	"quay.io/keycloak/keycloak":                 "asks identity providers",
	"docker.io/containrrr/watchtower":           "fetches images",
	"docker.io/pihole/pihole":                   "asks name servers",
	"docker.io/adguard/adguardhome":             "asks name servers",
	"docker.io/coredns/coredns":                 "asks name servers",
	"docker.io/cloudflare/cloudflared":          "keeps a tunnel open",
	"docker.io/qmcgaw/gluetun":                  "keeps a tunnel open",
	"docker.io/linuxserver/wireguard":           "keeps a tunnel open",
	"lscr.io/linuxserver/wireguard":             "keeps a tunnel open",
	"docker.io/homeassistant/home-assistant":    "talks to devices and services",
	"ghcr.io/home-assistant/home-assistant":     "talks to devices and services",
}

// entries are images whose published ports are meant for the public.
var entries = map[string]bool{
	"docker.io/library/nginx": true, "docker.io/library/httpd": true, "docker.io/library/traefik": true,
	"docker.io/library/caddy": true, "docker.io/library/haproxy": true, "docker.io/jc21/nginx-proxy-manager": true,
	"docker.io/nginxproxy/nginx-proxy": true, "docker.io/jwilder/nginx-proxy": true,
	"docker.io/lucaslorentz/caddy-docker-proxy": true, "docker.io/envoyproxy/envoy": true,
	"docker.io/nginxinc/nginx-unprivileged": true,
}

// usualPorts are those of well-known images that are no stores.
var usualPorts = map[string]int{
	"docker.io/library/nginx": 80, "docker.io/library/httpd": 80, "docker.io/library/caddy": 80,
	"docker.io/library/traefik": 80, "docker.io/library/wordpress": 80, "docker.io/library/nextcloud": 80,
	"docker.io/nginxinc/nginx-unprivileged": 8080, "docker.io/library/ghost": 2368,
	"docker.io/grafana/grafana": 3000, "docker.io/prom/prometheus": 9090, "quay.io/keycloak/keycloak": 8080,
	"docker.io/prom/alertmanager": 9093, "docker.io/tecnativa/docker-socket-proxy": 2375,
}

// schemePorts are the ports that a URL without one means.
var schemePorts = map[string]int{
	"http": 80, "ws": 80, "https": 443, "wss": 443, "postgres": 5432, "postgresql": 5432, "mysql": 3306,
	"mariadb": 3306, "mysql2": 3306, "redis": 6379, "rediss": 6379, "valkey": 6379, "mongodb": 27017,
	"amqp": 5672, "amqps": 5671, "pyamqp": 5672, "nats": 4222, "memcached": 11211, "mqtt": 1883, "mqtts": 8883,
	"ldap": 389, "ldaps": 636, "smtp": 25, "bolt": 7687, "neo4j": 7687, "ftp": 21, "ssh": 22, "sqlserver": 1433,
	"clickhouse": 9000, "cockroachdb": 26257, "fcgi": 9000,
}
