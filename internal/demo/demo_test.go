package demo

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
)

func TestWorkloadPassesAndTakeoverAnswers(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, t.TempDir(), w) }()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(strings.TrimPrefix(line, Listening))
	steps, err := Drive(ctx, address)
	if err != nil || len(steps) != 8 {
		t.Fatalf("%v, %v", steps, err)
	}
	attempts, err := Takeover(ctx, address)
	if err != nil || len(attempts) != 2 || attempts[0].Answer != "allowed" {
		t.Fatalf("%v, %v", attempts, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
