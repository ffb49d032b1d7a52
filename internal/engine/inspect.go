package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/plan/network"
	"batten/profiles"
	"batten/project"
)

// InspectSchema is the schema of [Inspection].
const InspectSchema = "batten/inspect/v1"

// Inspection is what is there of a project, and what is wrong with it.
type Inspection struct {
	Schema   string             `json:"schema"`
	Project  string             `json:"project"`
	Files    []string           `json:"files"` // sources, as people write them
	Engine   string             `json:"engine,omitempty"`
	Services []InspectedService `json:"services"`
	Findings []plan.Decision    `json:"findings"`
	Edges    []plan.Edge        `json:"edges"`
	Networks network.Layout     `json:"networks"`
	Warnings []string           `json:"warnings,omitempty"`
}

// EvidenceState tells what is known of a service.
type EvidenceState string

const (
	EvidenceStatic EvidenceState = "static" // its files alone
	EvidenceImage  EvidenceState = "image"  // its image, too
	EvidenceTraced EvidenceState = "traced" // a recording
)

// InspectedService is one service.
type InspectedService struct {
	Name     string   `json:"name"`
	Image    string   `json:"image"` // as written; "" when it is only built
	ImageID  string   `json:"imageId,omitempty"`
	Digest   string   `json:"digest,omitempty"`
	User     string   `json:"user"` // that it starts as: "root" when nothing says otherwise
	Ports    []string `json:"ports"`
	Networks []string `json:"networks"`
	Mounts   []string `json:"mounts"`
	// Containers are those that exist; what they run with may be older than the file.
	Containers []project.Container   `json:"containers,omitempty"`
	Evidence   EvidenceState         `json:"evidence"`
	Runs       int                   `json:"runs,omitempty"` // recorded
	Disabled   bool                  `json:"disabled,omitempty"`
	Findings   map[plan.Severity]int `json:"findings"` // open, by severity
	Score      plan.Score            `json:"score"`
	Checklist  []ChecklistItem       `json:"checklist"`
}

// Inspect looks at a project and changes nothing.
func (e *Engine) Inspect(ctx context.Context, req SurveyRequest) (*Inspection, error) {
	s, err := e.survey(ctx, req)
	if err != nil {
		return nil, err
	}
	out := &Inspection{
		Schema: InspectSchema, Project: s.project.Name, Engine: s.project.Host.Engine,
		Findings: []plan.Decision{}, Edges: s.plan.Edges, Networks: network.LayoutOf(s.project.Model),
		Warnings: s.plan.Unknown,
	}
	for _, one := range s.project.Sources {
		out.Files = append(out.Files, one.Name)
	}
	for _, d := range s.plan.Decisions {
		if d.Finding.Service == "" || slices.Contains(s.services, d.Finding.Service) {
			out.Findings = append(out.Findings, d)
		}
	}
	for _, name := range s.services {
		service, _ := s.project.Service(name)
		out.Services = append(out.Services, s.inspected(service))
	}
	return out, nil
}

func (s *survey) inspected(service project.Service) InspectedService {
	out := InspectedService{
		Name: service.Name, Image: service.Image, User: userOf(service), Ports: portsOf(service),
		Networks: networksOf(service), Mounts: mountsOf(s.project, service), Evidence: EvidenceStatic,
		Containers: service.Containers, Disabled: service.Disabled, Findings: map[plan.Severity]int{},
	}
	if f := service.Facts; f != nil {
		out.ImageID, out.Digest, out.Evidence = f.ID, f.Digest, EvidenceImage
	}
	if p := s.facts.Profiles[service.Name]; p != nil {
		out.Evidence, out.Runs = EvidenceTraced, len(p.Runs)
		out.User = cmp.Or(out.User, recordedUser(p))
	}
	for _, d := range s.plan.Decisions {
		if d.Finding.Service == service.Name {
			out.Findings[d.Finding.Severity]++
		}
	}
	for _, score := range s.plan.Scores {
		if score.Service == service.Name {
			out.Score = score
		}
	}
	out.Checklist = checklist(s.plan, service)
	return out
}

func userOf(service project.Service) string {
	switch {
	case service.User != "":
		return service.User
	case service.Facts != nil && service.Facts.User != "":
		return service.Facts.User
	case service.Facts != nil:
		return "root"
	}
	return "" // the image decides, and nobody knows it
}

// recordedUser is the user that a service started as while it was recorded, "" when
// nobody looked: one that ever was root was so from the start.
func recordedUser(p *profiles.Profile) string {
	for _, id := range p.Identities {
		if id.UID == 0 {
			return "root"
		}
	}
	if len(p.Identities) == 1 {
		return strconv.Itoa(p.Identities[0].UID)
	}
	return ""
}

func portsOf(service project.Service) []string {
	out := []string{}
	for _, p := range service.Config.Ports {
		host := p.HostIP
		if host == "" {
			host = "*"
		} else if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		published := p.Published
		if published == "" {
			published = "any"
		}
		out = append(out, fmt.Sprintf("%s:%s->%d/%s", host, published, p.Target, p.Protocol))
	}
	return out
}

func networksOf(service project.Service) []string {
	if mode := service.Config.NetworkMode; mode != "" {
		return []string{"mode " + mode}
	}
	out := []string{}
	for name := range service.Config.Networks {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func mountsOf(p *project.Project, service project.Service) []string {
	out := []string{}
	for _, m := range service.Config.Volumes {
		mode := "rw"
		if m.ReadOnly {
			mode = "ro"
		}
		source := m.Source
		if m.Type == project.MountBind {
			source = p.Display(source)
		}
		out = append(out, fmt.Sprintf("%s %s:%s:%s", m.Type, source, m.Target, mode))
	}
	for _, t := range service.Config.Tmpfs {
		out = append(out, "tmpfs "+t)
	}
	return out
}
