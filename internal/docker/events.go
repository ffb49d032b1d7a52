package docker

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"
)

// EventKind says what happened to a container.
type EventKind string

// The kinds that a stream carries.
const (
	EventCreate     EventKind = "create"
	EventStart      EventKind = "start"
	EventDie        EventKind = "die"
	EventKill       EventKind = "kill"
	EventStop       EventKind = "stop"
	EventExecCreate EventKind = "exec_create"
	EventExecStart  EventKind = "exec_start"
	EventExecDie    EventKind = "exec_die"
	EventHealth     EventKind = "health_status"
	EventDestroy    EventKind = "destroy"
)

// Event is one thing that happened to one container.
type Event struct {
	Kind      EventKind
	Time      time.Time
	Container string // 64 hexadecimal digits
	Name      string
	Image     string
	Project   string
	Service   string

	Signal   int    // kill: the signal's number
	ExitCode int    // die, exec_die
	ExecID   string // exec_…: the same for the three events of one command
	Exec     string // exec_create, exec_start: the command, joined by spaces
	Health   string // health_status: healthy, unhealthy
}

// Events is a stream of events. Read C until it is closed, then ask Err why.
type Events struct {
	C   <-chan Event
	err error
}

// Err is why the stream ended: nil when its context did. It is valid once C is
// closed.
func (s *Events) Err() error { return s.err }

// Events follows what happens to containers that carry a label ("" means all).
// Whatever happens after it returns is in the stream, until ctx ends.
func (e *Engine) Events(ctx context.Context, label string) *Events {
	filters := client.Filters{}.Add("type", string(events.ContainerEventType))
	for _, kind := range []EventKind{EventCreate, EventStart, EventDie, EventKill, EventStop, EventExecCreate,
		EventExecStart, EventExecDie, EventHealth, EventDestroy} {
		filters.Add("event", string(kind))
	}
	if label != "" {
		filters.Add("label", label)
	}
	source := e.client.Events(ctx, client.EventsListOptions{Filters: filters})
	out := make(chan Event)
	stream := &Events{C: out}
	go func() {
		defer close(out)
		for {
			select {
			case message := <-source.Messages:
				select {
				case out <- fromMessage(message):
				case <-ctx.Done():
					return
				}
			case err := <-source.Err:
				if err != nil && !errors.Is(err, context.Canceled) && ctx.Err() == nil {
					stream.err = failed("follow", "engine events", err, nil)
				}
				return
			}
		}
	}()
	return stream
}

func fromMessage(message events.Message) Event {
	attributes := message.Actor.Attributes
	kind, detail, _ := strings.Cut(string(message.Action), ":")
	detail = strings.TrimSpace(detail)
	event := Event{
		Kind:      EventKind(kind),
		Time:      time.Unix(0, message.TimeNano),
		Container: message.Actor.ID,
		Name:      attributes["name"],
		Image:     attributes["image"],
		Project:   attributes[LabelProject],
		Service:   attributes[LabelService],
		ExecID:    attributes["execID"],
	}
	switch event.Kind {
	case EventKill:
		event.Signal, _ = strconv.Atoi(attributes["signal"])
	case EventDie, EventExecDie:
		event.ExitCode, _ = strconv.Atoi(attributes["exitCode"])
	case EventExecCreate, EventExecStart:
		event.Exec = detail
	case EventHealth:
		event.Health = detail
	}
	return event
}
