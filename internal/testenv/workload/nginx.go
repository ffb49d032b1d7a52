package workload

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"
)

const (
	nginxPage  = "batten test page"
	nginxLarge = 8 << 20 // bytes of /large.bin
)

// Nginx is a web server with static files.
func Nginx() Service {
	return Service{
		Name:        "nginx",
		Command:     []string{"nginx-entrypoint", "nginx", "-g", "daemon off;"},
		HealthCheck: []string{"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/80"},
		Ready:       withBrowser(browser.page),
		Drive:       withBrowser(browser.everything),
		Check:       withBrowser(browser.page),
	}
}

// browser is one client with connections of its own.
type browser struct {
	http *http.Client
	base string
}

func withBrowser(visit func(browser, context.Context) error) func(context.Context, Target) error {
	return func(ctx context.Context, target Target) error {
		// No HTTP/2 and no proxy from the environment: this connection only.
		transport := &http.Transport{TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
		return visit(browser{client, "http://" + net.JoinHostPort(target.Address, "80")}, ctx)
	}
}

// ask makes one request and returns the answer's header and the body's length.
func (b browser) ask(ctx context.Context, method, path string, header http.Header, want int) (http.Header, int64, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, b.base+path, nil)
	if err != nil {
		return nil, 0, "", err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := b.http.Do(request)
	if err != nil {
		return nil, 0, "", err
	}
	defer response.Body.Close()
	var start strings.Builder
	length, err := io.Copy(&start, io.LimitReader(response.Body, 1024))
	if err != nil {
		return nil, 0, "", fmt.Errorf("%s %s: %w", method, path, err)
	}
	rest, err := io.Copy(io.Discard, response.Body)
	if err != nil {
		return nil, 0, "", fmt.Errorf("%s %s: %w", method, path, err)
	}
	if response.StatusCode != want {
		return nil, 0, "", fmt.Errorf("%s %s: status %d instead of %d", method, path, response.StatusCode, want)
	}
	return response.Header, length + rest, start.String(), nil
}

func (b browser) page(ctx context.Context) error {
	_, _, body, err := b.ask(ctx, http.MethodGet, "/", nil, http.StatusOK)
	if err == nil && !strings.Contains(body, nginxPage) {
		err = fmt.Errorf("GET /: %q is not the test page", body)
	}
	return err
}

func (b browser) everything(ctx context.Context) error {
	if err := b.page(ctx); err != nil {
		return err
	}
	if _, _, _, err := b.ask(ctx, http.MethodGet, "/absent", nil, http.StatusNotFound); err != nil {
		return err
	}
	if _, _, _, err := b.ask(ctx, http.MethodPost, "/", nil, http.StatusMethodNotAllowed); err != nil {
		return err
	}
	header, length, _, err := b.ask(ctx, http.MethodHead, "/", nil, http.StatusOK)
	if err != nil {
		return err
	}
	if length != 0 || header.Get("ETag") == "" {
		return fmt.Errorf("HEAD /: %d bytes of body, ETag %q", length, header.Get("ETag"))
	}
	known := http.Header{"If-None-Match": {header.Get("ETag")}}
	if _, _, _, err := b.ask(ctx, http.MethodGet, "/", known, http.StatusNotModified); err != nil {
		return err
	}
	if _, length, _, err = b.ask(ctx, http.MethodGet, "/large.bin", nil, http.StatusOK); err != nil {
		return err
	}
	if length != nginxLarge {
		return fmt.Errorf("GET /large.bin: %d bytes instead of %d", length, nginxLarge)
	}
	part := http.Header{"Range": {"bytes=100-199"}}
	if _, length, _, err = b.ask(ctx, http.MethodGet, "/large.bin", part, http.StatusPartialContent); err != nil {
		return err
	}
	if length != 100 {
		return fmt.Errorf("GET part of /large.bin: %d bytes instead of 100", length)
	}
	return b.keepAlive(ctx)
}

// keepAlive makes sure that the connection outlives a request.
func (b browser) keepAlive(ctx context.Context) error {
	var reused bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused },
	})
	if err := b.page(traced); err != nil {
		return err
	}
	if !reused {
		return fmt.Errorf("GET /: the connection was not kept alive")
	}
	return nil
}
