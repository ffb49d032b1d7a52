package docker

import (
	"bytes"
	"context"
	"io"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// maxOutput bounds what is kept of a command's or a container's output.
const maxOutput = 8 << 20

// Exec runs a command in a running container and returns its exit code and what
// it wrote to both outputs, as far as [maxOutput] goes. user "" is the
// container's own.
func (e *Engine) Exec(ctx context.Context, id, user string, argv ...string) (int, string, error) {
	object := "command in container " + id
	created, err := e.client.ExecCreate(ctx, id, client.ExecCreateOptions{
		User: user, Cmd: argv, AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return 0, "", failed("make", object, err, ErrNoContainer)
	}
	attached, err := e.client.ExecAttach(ctx, created.ID, client.ExecAttachOptions{})
	if err != nil {
		return 0, "", failed("run", object, err, ErrNoContainer)
	}
	defer attached.Close()
	// The stream is a raw connection, which does not know the context.
	stop := context.AfterFunc(ctx, attached.Close)
	defer stop()

	output := &bounded{limit: maxOutput}
	if _, err := stdcopy.StdCopy(output, output, attached.Reader); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return 0, output.String(), failed("read output of", object, err, nil)
	}
	state, err := e.client.ExecInspect(ctx, created.ID, client.ExecInspectOptions{})
	if err != nil {
		return 0, output.String(), failed("inspect", object, err, ErrNoContainer)
	}
	return state.ExitCode, output.String(), nil
}

// Logs returns what a container wrote to both outputs, as far as [maxOutput]
// goes.
func (e *Engine) Logs(ctx context.Context, id string) (string, error) {
	reader, err := e.client.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return "", failed("read", "logs of container "+id, err, ErrNoContainer)
	}
	defer reader.Close()
	output := &bounded{limit: maxOutput}
	if _, err := stdcopy.StdCopy(output, output, reader); err != nil {
		return output.String(), failed("read", "logs of container "+id, err, nil)
	}
	return output.String(), nil
}

// bounded keeps the first limit bytes and takes the rest without keeping it, so
// that the writer at the other end is not held up.
type bounded struct {
	bytes.Buffer
	limit int
}

var _ io.Writer = (*bounded)(nil)

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, b.limit-b.Len()))])
	return len(p), nil
}
