package workload

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Redis is a key-value store that keeps its data in /data.
func Redis() Service {
	return Service{
		Name: "redis",
		// Every command is noted as a slow one, as a few are on a busy machine: what that
		// takes, the name of the peer, is then always in the recording.
		Command: []string{"redis-entrypoint", "redis-server", "--bind", "0.0.0.0", "--protected-mode", "no",
			"--dir", "/data", "--slowlog-log-slower-than", "0"},
		HealthCheck: []string{"redis-cli", "ping"},
		Ready: withRedis(func(c *redisConn) error {
			return c.expect("PONG", "PING")
		}),
		Drive: withRedis(driveRedis),
		Check: withRedis(func(c *redisConn) error {
			return c.expect("kept", "GET", "batten:key")
		}),
	}
}

func driveRedis(c *redisConn) error {
	steps := []struct {
		want    string
		command []string
	}{
		{"OK", []string{"SET", "batten:key", "kept"}},
		{"kept", []string{"GET", "batten:key"}},
		{"OK", []string{"SET", "batten:count", "41"}},
		{"42", []string{"INCR", "batten:count"}},
		{"1", []string{"EXPIRE", "batten:count", "1000"}},
		{"2", []string{"DEL", "batten:list", "batten:count", "batten:key2"}},
		{"2", []string{"RPUSH", "batten:list", "a", "b"}},
		{"b", []string{"LINDEX", "batten:list", "-1"}},
		{"0", []string{"PUBLISH", "batten:channel", "nobody listens"}},
		{"5", []string{"EVAL", "return redis.call('STRLEN', KEYS[1]) + 1", "1", "batten:key"}},
	}
	// The number that DEL removes depends on earlier runs: settle it.
	if _, err := c.call("RPUSH", "batten:list", "x"); err != nil {
		return err
	}
	for _, step := range steps {
		if err := c.expect(step.want, step.command...); err != nil {
			return err
		}
	}
	return c.save()
}

// save makes the server write its data from a forked process.
func (c *redisConn) save() error {
	if _, err := c.call("BGSAVE"); err != nil {
		return err
	}
	for {
		info, err := c.call("INFO", "persistence")
		if err != nil {
			return err
		}
		switch {
		case !strings.Contains(info, "rdb_bgsave_in_progress:0"):
			time.Sleep(20 * time.Millisecond)
		case strings.Contains(info, "rdb_last_bgsave_status:ok"):
			return nil
		default:
			return errors.New("BGSAVE: the server could not save")
		}
	}
}

// redisConn speaks RESP, as much of it as the driver needs.
type redisConn struct {
	conn   net.Conn
	reader *bufio.Reader
}

func withRedis(talk func(*redisConn) error) func(context.Context, Target) error {
	return func(ctx context.Context, target Target) error {
		conn, err := dial(ctx, target.Address, "6379")
		if err != nil {
			return err
		}
		defer conn.Close()
		return talk(&redisConn{conn, bufio.NewReader(conn)})
	}
}

// dial connects, and bounds the connection's life by the context and a minute.
func dial(ctx context.Context, address, port string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(address, port))
	if err != nil {
		return nil, err
	}
	end := time.Now().Add(time.Minute)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(end) {
		end = deadline
	}
	return conn, conn.SetDeadline(end)
}

func (c *redisConn) expect(want string, command ...string) error {
	got, err := c.call(command...)
	if err == nil && got != want {
		err = fmt.Errorf("%s: %q instead of %q", strings.Join(command, " "), got, want)
	}
	return err
}

func (c *redisConn) call(command ...string) (string, error) {
	request := fmt.Sprintf("*%d\r\n", len(command))
	for _, word := range command {
		request += fmt.Sprintf("$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(c.conn, request); err != nil {
		return "", err
	}
	reply, err := c.reply()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	return reply, nil
}

func (c *redisConn) reply() (string, error) {
	line, err := c.reader.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("empty reply")
	}
	kind, text := line[0], line[1:]
	switch kind {
	case '+', ':':
		return text, nil
	case '-':
		return "", errors.New(text)
	case '$':
		length, err := strconv.Atoi(text)
		if err != nil || length < 0 {
			return "", err
		}
		body := make([]byte, length+2)
		_, err = io.ReadFull(c.reader, body)
		return string(body[:length]), err
	}
	return "", fmt.Errorf("unexpected reply %q", line)
}
