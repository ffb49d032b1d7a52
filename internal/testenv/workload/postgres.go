package workload

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"batten/internal/docker"
)

// Postgres is a database server; its entry script makes the cluster first.
func Postgres() Service {
	return Service{
		Name:        "postgres",
		Command:     []string{"postgres-entrypoint", "postgres"},
		HealthCheck: []string{"pg_isready", "--quiet", "--username=postgres"},
		Ready:       postgresReady,
		Drive: func(ctx context.Context, target Target) error {
			return expectSQL(ctx, target, "3|600\n2\n",
				"DROP TABLE IF EXISTS batten",
				"CREATE TABLE batten (id serial PRIMARY KEY, name text NOT NULL, amount integer)",
				"INSERT INTO batten (name, amount) VALUES ('a', 100), ('b', 200), ('c', 300)",
				"CREATE INDEX ON batten (name)",
				"SELECT count(*), sum(amount) FROM batten",
				"BEGIN", "UPDATE batten SET amount = amount + 1", "ROLLBACK",
				"DELETE FROM batten WHERE name = 'c'",
				// A sort that does not fit in memory goes through a temporary file.
				"SET work_mem = '64kB'",
				"CREATE TEMPORARY TABLE sorted AS SELECT md5(n::text) AS m FROM generate_series(1, 50000) n ORDER BY m",
				"VACUUM ANALYZE batten",
				"CHECKPOINT",
				"SELECT count(*) FROM batten",
			)
		},
		Check: func(ctx context.Context, target Target) error {
			return expectSQL(ctx, target, "2|300\n", "SELECT count(*), sum(amount) FROM batten")
		},
	}
}

// expectSQL runs statements with psql and compares all rows that come back.
func expectSQL(ctx context.Context, target Target, want string, statements ...string) error {
	psql := []string{"psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--username=postgres",
		"--set=ON_ERROR_STOP=1"}
	for _, statement := range statements {
		psql = append(psql, "--command="+statement)
	}
	code, output, err := runClient(ctx, target, psql)
	if err != nil {
		return fmt.Errorf("run psql: %w", err)
	}
	if code != 0 {
		return fmt.Errorf("psql: exit code %d: %s", code, strings.TrimSpace(output))
	}
	// Notices ("table does not exist, skipping") are not rows.
	var rows strings.Builder
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, "NOTICE:") {
			rows.WriteString(line)
		}
	}
	if rows.String() != want {
		return fmt.Errorf("psql: %q instead of %q", rows.String(), want)
	}
	return nil
}

// runClient runs a client in a container of its own, from the service's image,
// or inside the service's container when the target says so.
func runClient(ctx context.Context, target Target, argv []string) (int, string, error) {
	if target.Client != nil {
		return target.Client(ctx, append(argv, "--host="+target.Address)...)
	}
	if target.Inside {
		return target.Engine.Exec(ctx, target.Container, "postgres", argv...)
	}
	server, err := target.Engine.Inspect(ctx, target.Container)
	if err != nil {
		return 0, "", err
	}
	network := ""
	if len(server.Networks) > 0 {
		network = server.Networks[0].Name
	}
	client, err := target.Engine.Run(ctx, docker.Spec{
		Image: server.ImageID, Command: append(argv, "--host="+target.Address), User: "postgres", Network: network,
	})
	if err != nil {
		return 0, "", err
	}
	defer func() {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = target.Engine.Remove(cleanup, client)
	}()
	code, err := target.Engine.Wait(ctx, client)
	if err != nil {
		return 0, "", err
	}
	output, err := target.Engine.Logs(ctx, client)
	return code, output, err
}

// postgresReady opens a session and ends it: a port that accepts is not yet a
// server that serves.
func postgresReady(ctx context.Context, target Target) error {
	conn, err := dial(ctx, target.Address, "5432")
	if err != nil {
		return err
	}
	defer conn.Close()

	const protocol3 = 3 << 16
	body := binary.BigEndian.AppendUint32(nil, protocol3)
	body = append(body, "user\x00postgres\x00database\x00postgres\x00\x00"...)
	message := binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))
	if _, err := conn.Write(append(message, body...)); err != nil {
		return err
	}
	for {
		var head [5]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return err
		}
		switch head[0] {
		case 'Z': // ready for a query
			_, err := conn.Write([]byte{'X', 0, 0, 0, 4})
			return err
		case 'E':
			return errors.New("the server refuses sessions still")
		}
		if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head[1:]))-4); err != nil {
			return err
		}
	}
}
