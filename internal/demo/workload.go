package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxBody bounds what the workload reads of one answer.
const maxBody = 1 << 20

// Step is one request of the workload and how it went.
type Step struct {
	Request string `json:"request"`
	Status  int    `json:"status"`
	Error   string `json:"error,omitempty"`
}

// Drive sends the service everything that its users send it: the workload. It
// stops at the first request that does not succeed.
func Drive(ctx context.Context, address string) ([]Step, error) {
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	var steps []Step
	for _, r := range []struct{ method, path, body, expect string }{
		{"GET", "/healthz", "", "ok"},
		{"GET", "/", "", "guest book"},
		{"POST", "/notes", "fair winds", ""},
		{"POST", "/notes", "following seas", ""},
		{"GET", "/notes", "", "following seas"},
		{"GET", "/busy", "", "done"},
		{"GET", "/busy", "", "done"},
		{"GET", "/nowhere", "", "404"},
	} {
		step := Step{Request: r.method + " " + r.path}
		status, body, err := send(ctx, client, r.method, "http://"+address+r.path, r.body)
		step.Status = status
		if err == nil && (status >= 500 || !strings.Contains(body, r.expect)) {
			err = fmt.Errorf("answer %d: %.80q", status, body)
		}
		if err != nil {
			step.Error = err.Error()
			return append(steps, step), fmt.Errorf("%s: %w", step.Request, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// Takeover asks the service for what no user asks for.
func Takeover(ctx context.Context, address string) ([]Attempt, error) {
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	_, body, err := send(ctx, client, "GET", "http://"+address+"/takeover", "")
	if err != nil {
		return nil, fmt.Errorf("ask for takeover: %w", err)
	}
	var attempts []Attempt
	if err := json.Unmarshal([]byte(body), &attempts); err != nil {
		return nil, fmt.Errorf("ask for takeover: %w", err)
	}
	return attempts, nil
}

func send(ctx context.Context, client *http.Client, method, url, body string) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	return response.StatusCode, string(content), errors.Join(err, response.Body.Close())
}
