package engine

import (
	"path"
	"slices"
	"strings"

	"batten/generators/compose"
	"batten/generators/report"
	"batten/plan"
	"batten/plan/network"
	"batten/plan/secrets"
	"batten/project"
)

// report is REPORT.md.
func (s *survey) report(edited *compose.Output, refused []compose.Refusal, after network.Layout, paths []string, inPlace bool) []byte {
	return report.Report(report.Input{
		Project: s.project, Plan: s.plan, Rules: s.rules,
		Before: drawn(network.LayoutOf(s.project.Model)), After: drawn(after),
		Refused: refusalsOf(refused), Files: paths, Hardened: edited.Main[0], InPlace: inPlace, Mask: s.mask(),
		AppArmor: s.confinementsForReport(),
	})
}

func (s *survey) confinementsForReport() []report.Confinement {
	var out []report.Confinement
	for _, c := range s.confinements {
		out = append(out, report.Confinement{Service: c.Service, Name: c.Name, Path: c.Path, Rules: c.Rules, Named: c.Named,
			Complain: c.Complain, Checked: c.Checked, Notes: c.Notes, Refused: c.Refused})
	}
	return out
}

func refusalsOf(refused []compose.Refusal) []report.Refusal {
	var out []report.Refusal
	for _, r := range refused {
		out = append(out, report.Refusal{Finding: r.Finding, Reason: r.Reason})
	}
	return out
}

// apply is APPLY.md.
func (s *survey) apply(edited *compose.Output, artifacts []plan.Artifact, paths []string, inPlace bool) []byte {
	in := report.ApplyInput{
		Project: s.project, Plan: s.plan, Hardened: edited.Main, InPlace: inPlace,
		Secrets: report.SecretsOf(s.plan), Workload: s.settings.Workload, Written: paths,
	}
	for _, one := range s.project.Sources {
		if one.Role == project.RoleMain {
			in.Sources = append(in.Sources, one.Name)
		}
	}
	in.AppArmor = map[string]string{}
	for _, c := range s.confinements {
		if c.Named {
			in.AppArmor[c.Name] = c.Path
		} else {
			in.AppArmorUnnamed = append(in.AppArmorUnnamed, c.Path)
		}
		in.AppArmorComplain = in.AppArmorComplain || c.Complain
	}
	for _, a := range artifacts {
		switch {
		case a.What == whatLimits && s.project.Host.ComposeV1:
			in.LimitsV1 = a.Path
		case a.What == whatLimits:
			in.LimitsV2 = a.Path
		case a.Secret && path.Base(a.Path) == secrets.VariablesFile:
			in.EnvFiles = append(in.EnvFiles, a.Path)
		}
	}
	return report.Apply(in)
}

func pathsOf(artifacts []plan.Artifact) []string {
	var out []string
	for _, a := range artifacts {
		if !slices.Contains(out, a.Path) {
			out = append(out, a.Path)
		}
	}
	return out
}

// drawn turns a layout into the report's own.
func drawn(l network.Layout) report.Layout {
	var out report.Layout
	for _, n := range l.Networks {
		out.Networks = append(out.Networks, report.Net{Name: n.Name, Internal: n.Internal, External: n.External, Members: n.Members})
	}
	for _, one := range l.Services {
		if one.Mode != "" {
			out.Apart = append(out.Apart, report.Apart{Service: one.Name, Mode: one.Mode})
		}
		for _, p := range one.Published {
			out.Published = append(out.Published, publishedOf(one.Name, p))
		}
	}
	return out
}

// publishedOf reads ADDRESS:HOST:TARGET, the address possibly in brackets.
func publishedOf(service, text string) report.Published {
	p := report.Published{Service: service}
	target := strings.LastIndexByte(text, ':')
	if target < 0 {
		p.Target = text
		return p
	}
	p.Target = strings.TrimSuffix(text[target+1:], "/tcp")
	rest := text[:target]
	if host := strings.LastIndexByte(rest, ':'); host >= 0 && !strings.HasSuffix(rest, "]") {
		p.Address, p.Host = rest[:host], rest[host+1:]
	} else {
		p.Host = rest
	}
	return p
}
