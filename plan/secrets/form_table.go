package secrets

// style is how an image is told to read a variable from a file.
type style struct {
	prefix, suffix string // around the variable's name
	value          string // before the path
	// own is the mode that the program insists on, with the user that has to own
	// the file then; 0 for any.
	mode uint32
	uid  int
	// script is true when the image's entry point does it: another one does not.
	script bool
}

var (
	byScript  = style{suffix: "_FILE", script: true}
	byProgram = style{suffix: "_FILE"}
)

// fileForm is what images of these names take. Names end in "*" for all that
// begin so; variables, too.
type fileForm struct {
	repositories, variables []string
	style
}

// fileForms are the images' own ways of reading a credential from a file, as
// their documentation or entry point has it.
var fileForms = []fileForm{
	{[]string{"library/postgres", "postgis/postgis", "timescale/timescaledb", "pgvector/pgvector", "ankane/pgvector", "ghcr.io/immich-app/postgres", "tensorchord/pgvecto-rs"},
		[]string{"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"}, byScript},
	{[]string{"library/mysql", "library/percona", "percona/percona-server"},
		[]string{"MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "MYSQL_USER", "MYSQL_DATABASE", "MYSQL_ROOT_HOST"}, byScript},
	{[]string{"library/mariadb"},
		[]string{"MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "MYSQL_USER", "MYSQL_DATABASE", "MYSQL_ROOT_HOST",
			"MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MARIADB_USER", "MARIADB_DATABASE", "MARIADB_ROOT_HOST",
			"MARIADB_ROOT_PASSWORD_HASH", "MARIADB_PASSWORD_HASH", "MARIADB_REPLICATION_USER", "MARIADB_REPLICATION_PASSWORD",
			"MARIADB_REPLICATION_PASSWORD_HASH", "MARIADB_MASTER_HOST", "MARIADB_MASTER_PORT"}, byScript},
	{[]string{"library/mongo"}, []string{"MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"}, byScript},
	{[]string{"library/wordpress"},
		[]string{"WORDPRESS_DB_HOST", "WORDPRESS_DB_USER", "WORDPRESS_DB_PASSWORD", "WORDPRESS_DB_NAME",
			"WORDPRESS_AUTH_KEY", "WORDPRESS_SECURE_AUTH_KEY", "WORDPRESS_LOGGED_IN_KEY", "WORDPRESS_NONCE_KEY",
			"WORDPRESS_AUTH_SALT", "WORDPRESS_SECURE_AUTH_SALT", "WORDPRESS_LOGGED_IN_SALT", "WORDPRESS_NONCE_SALT"}, byProgram},
	{[]string{"library/nextcloud"},
		[]string{"MYSQL_PASSWORD", "MYSQL_USER", "MYSQL_DATABASE", "POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB",
			"NEXTCLOUD_ADMIN_USER", "NEXTCLOUD_ADMIN_PASSWORD", "REDIS_HOST_PASSWORD", "SMTP_PASSWORD",
			"OBJECTSTORE_S3_KEY", "OBJECTSTORE_S3_SECRET", "OBJECTSTORE_S3_SSE_C_KEY"}, byProgram},
	{[]string{"library/influxdb"},
		[]string{"DOCKER_INFLUXDB_INIT_USERNAME", "DOCKER_INFLUXDB_INIT_PASSWORD", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN"}, byScript},
	{[]string{"library/elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch"},
		[]string{"ELASTIC_PASSWORD", "KEYSTORE_PASSWORD"}, style{suffix: "_FILE", script: true, mode: 0o400, uid: 1000}},
	{[]string{"grafana/grafana", "grafana/grafana-oss", "grafana/grafana-enterprise"}, []string{"GF_*"}, style{suffix: "__FILE", script: true}},
	{[]string{"gitea/gitea", "docker.gitea.com/gitea", "forgejo/forgejo", "codeberg.org/forgejo/forgejo", "data.forgejo.org/forgejo/forgejo"},
		[]string{"GITEA__*", "FORGEJO__*"}, style{suffix: "__FILE", script: true}},
	{[]string{"minio/minio", "quay.io/minio/minio"},
		[]string{"MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "MINIO_KMS_SECRET_KEY"}, byProgram},
	{[]string{"vaultwarden/server", "ghcr.io/dani-garcia/vaultwarden", "quay.io/vaultwarden/server"}, []string{"*"}, byProgram},
	{[]string{"ghcr.io/immich-app/immich-server"},
		[]string{"DB_HOSTNAME", "DB_DATABASE_NAME", "DB_USERNAME", "DB_PASSWORD", "DB_URL", "REDIS_PASSWORD"}, byScript},
	{[]string{"ghcr.io/goauthentik/server", "authentik/server"}, []string{"AUTHENTIK_*"}, style{value: "file://"}},
	{[]string{"linuxserver/*", "lscr.io/linuxserver/*", "ghcr.io/linuxserver/*"}, []string{"*"}, style{prefix: "FILE__", script: true}},
	{[]string{"qmcgaw/gluetun", "ghcr.io/qdm12/gluetun"},
		[]string{"OPENVPN_USER", "OPENVPN_PASSWORD", "WIREGUARD_PRIVATE_KEY", "WIREGUARD_PRESHARED_KEY", "HTTPPROXY_USER", "HTTPPROXY_PASSWORD", "SHADOWSOCKS_PASSWORD"},
		style{suffix: "_SECRETFILE"}},
	{[]string{"library/redmine"},
		[]string{"REDMINE_DB_MYSQL", "REDMINE_DB_POSTGRES", "REDMINE_DB_PORT", "REDMINE_DB_USERNAME", "REDMINE_DB_PASSWORD",
			"REDMINE_DB_DATABASE", "REDMINE_DB_ENCODING", "REDMINE_SECRET_KEY_BASE"}, byScript},
	{[]string{"library/joomla"}, []string{"JOOMLA_DB_PASSWORD"}, byScript},
	{[]string{"library/odoo"}, []string{"PASSWORD"}, byScript},
	{[]string{"library/phpmyadmin", "phpmyadmin/phpmyadmin"}, []string{"PMA_PASSWORD"}, byProgram},
	{[]string{"library/friendica"}, []string{"MYSQL_PASSWORD", "MYSQL_USER", "MYSQL_DATABASE"}, byScript},
	{[]string{"library/yourls"}, []string{"YOURLS_DB_PASS"}, byScript},
	{[]string{"library/monica"}, []string{"DB_PASSWORD", "DB_USERNAME", "DB_DATABASE", "DB_HOST", "APP_KEY"}, byScript},
	{[]string{"passbolt/passbolt"}, []string{"DATASOURCES_DEFAULT_*"}, byScript},
}

// refusing images end at once, or do not look, when they are given a file in
// place of these credentials: not even their scripts are believed.
var refusing = []string{"library/rabbitmq", "quay.io/keycloak/keycloak", "keycloak/keycloak", "jboss/keycloak", "library/ghost",
	"library/redis", "valkey/valkey"}

// redisLike take a configuration file as their first argument.
var redisLike = []string{"library/redis", "valkey/valkey", "redis/redis-stack-server"}

// withShell are images that have /bin/sh and cat.
var withShell = []string{"library/postgres", "library/mysql", "library/mariadb", "library/mongo", "library/redis", "valkey/valkey",
	"library/rabbitmq", "library/wordpress", "library/nextcloud", "library/influxdb", "library/percona", "postgis/postgis",
	"pgvector/pgvector", "ankane/pgvector", "ghcr.io/immich-app/postgres"}
