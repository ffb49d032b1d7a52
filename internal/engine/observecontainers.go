package engine

import (
	"context"
	"os"
	"strconv"
	"strings"

	"batten/internal/docker"
	"batten/trace/sample"
)

// eagerly is how often in a row the first process of a container is looked for at
// every reading; after that at every fourth.
const eagerly = 40

// locate finds the first process of containers that are not followed: those that
// just started, or started again.
func (o *observer) locate(ctx context.Context) {
	if o.docker == nil {
		return
	}
	for _, t := range o.lost() {
		found, err := o.docker.Inspect(ctx, t.Container)
		if err != nil || found.PID == 0 || !holds(found.PID, found.ID) {
			continue
		}
		places := placesOf(found.Mounts, "/proc/"+strconv.Itoa(found.PID)+"/root")
		o.mu.Lock()
		t.attempts, t.places = 0, places
		if found.Project != "" {
			o.projects[found.Project] = true
		}
		o.peers.learn(found, t.Service.Name)
		o.sampler.Follow(sample.Target{
			Key: t.key, PID: found.PID, Group: true,
			SharedNetwork: strings.HasPrefix(found.NetworkMode, "container:") || o.peers.joined[found.ID],
		})
		o.mu.Unlock()
	}
}

// lost are the containers to look for now.
func (o *observer) lost() []*observed {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []*observed
	for _, t := range o.targets {
		if t.Container == "" || o.sampler.Follows(t.key) {
			continue
		}
		if t.attempts++; t.attempts <= eagerly || t.attempts%4 == 0 {
			out = append(out, t)
		}
	}
	return out
}

// holds tells whether a process of this machine is of a container: the engine may
// run in another machine and number its processes by itself.
func holds(pid int, container string) bool {
	groups, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cgroup")
	return err == nil && strings.Contains(string(groups), container)
}

// learnPeers notes the addresses of the running containers of the projects that
// targets are of, traced or not.
func (o *observer) learnPeers(ctx context.Context) {
	if o.docker == nil {
		return
	}
	o.mu.Lock()
	var projects []string
	for p := range o.projects {
		projects = append(projects, p)
	}
	o.mu.Unlock()
	for _, project := range projects {
		listed, err := o.docker.ListProject(ctx, project, false)
		if err != nil {
			continue
		}
		for _, l := range listed {
			if o.knows(l.ID) {
				continue
			}
			if found, err := o.docker.Inspect(ctx, l.ID); err == nil && found.PID != 0 {
				o.mu.Lock()
				o.peers.learn(found, "")
				o.mu.Unlock()
			}
		}
	}
}

func (o *observer) knows(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, ok := o.peers.containers[id]
	return ok
}

// connection implements [dockerUser].
func (c *containerSubject) connection() *docker.Engine { return c.docker }

// connection implements [dockerUser].
func (c *composeSubject) connection() *docker.Engine { return c.docker }

// beforeRemoval implements [removes].
func (c *composeSubject) beforeRemoval(look func(context.Context)) { c.look = look }
