package docker

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/client"
)

// Listed is a container in a list; [Engine.Inspect] tells the rest.
type Listed struct {
	ID      string
	Name    string
	Image   string
	State   string
	Project string
	Service string
	Number  int  // replica number within the service
	OneOff  bool // made by "compose run"
}

// List returns containers that carry a label ("key" or "key=value"; "" means
// all), running ones only or stopped ones too, sorted by service, number, name.
func (e *Engine) List(ctx context.Context, label string, stopped bool) ([]Listed, error) {
	options := client.ContainerListOptions{All: stopped}
	if label != "" {
		options.Filters = client.Filters{}.Add("label", label)
	}
	result, err := e.client.ContainerList(ctx, options)
	if err != nil {
		return nil, failed("list", "containers", err, nil)
	}
	out := make([]Listed, 0, len(result.Items))
	for _, item := range result.Items {
		listed := Listed{
			ID:      item.ID,
			Image:   item.Image,
			State:   string(item.State),
			Project: item.Labels[LabelProject],
			Service: item.Labels[LabelService],
			OneOff:  item.Labels[labelOneOff] == labelOneOffValue,
		}
		if len(item.Names) > 0 {
			listed.Name = strings.TrimPrefix(item.Names[0], "/")
		}
		listed.Number, _ = strconv.Atoi(item.Labels[labelReplicaNo])
		out = append(out, listed)
	}
	slices.SortFunc(out, func(a, b Listed) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// ListProject returns the containers of a Compose project.
func (e *Engine) ListProject(ctx context.Context, project string, stopped bool) ([]Listed, error) {
	return e.List(ctx, LabelProject+"="+project, stopped)
}
