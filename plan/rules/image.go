package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var imageRules = []plan.Rule{imageTag, imageDigest, imageRegistry, inlineDockerfile}

var imageTag = plan.Rule{
	ID:       "B045",
	Title:    "The image has a tag that says which version it is",
	Topic:    "images",
	Severity: plan.Medium,
	Class:    plan.Advice,
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.28"}, {Name: plan.OWASP, Item: "RULE #13"}, {Name: plan.GuideTips, Item: "tip 2"}, {Name: plan.GuideCourse},
	},
	Why: "latest, which is also what no tag means, is whatever was pushed last. Two machines that start the same file on two days run two " +
		"programs, nobody can say which faults either has, and an update that breaks or was tampered with arrives unasked.",
	Fix:    "Nothing is changed: which version you want is not to be read from the file. A digest (B046) fixes what the engine has now.",
	Detect: detectImageTag,
}

// pulled are the services whose image comes from a registry, with the place where
// the file names it.
func pulled(d *plan.Draft) []project.Service {
	return slices.DeleteFunc(containers(d), func(s project.Service) bool { return s.Image == "" || s.Build })
}

func detectImageTag(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range pulled(d) {
		_, tag, digest := profiles.SplitImage(s.Image)
		if tag != "latest" || digest != "" || !imageForm.MatchString(s.Image) {
			continue
		}
		f := plan.Finding{Service: s.Name, At: written(d, s, "image"), Message: "its image has no tag, which means latest: whatever was pushed last"}
		if strings.HasSuffix(s.Image, ":latest") {
			f.Message = "its image is latest: whatever was pushed last"
		}
		out = append(out, f)
	}
	return out
}

var imageDigest = plan.Rule{
	ID:       "B046",
	Title:    "The image is named by its digest",
	Topic:    "images",
	Severity: plan.Low,
	Class:    plan.Measured,
	Needs:    []plan.Need{plan.NeedCompose, plan.NeedInspect},
	Sources: []plan.Source{
		{Name: plan.OWASP, Item: "RULE #13"}, {Name: plan.GuideCourse}, {Name: plan.GuideSecuring}, {Name: plan.DockerDocs, Item: "Pin base image versions"},
	},
	Why: "A tag can be moved to another image by whoever may push to the repository, by mistake or on purpose. A digest is computed from " +
		"the content: what was measured and hardened is what will run, on each machine, or nothing.",
	Fix:    "Writes the digest that the engine has for the image behind its tag: postgres:16@sha256:…; the tag stays for people to read.",
	Breaks: "Security updates under the same tag no longer come by themselves: renew the digest, and record again, when you update.",
	Detect: detectImageDigest,
}

var (
	// digestForm is what an engine gives: a repository and the digest of its index.
	digestForm = regexp.MustCompile(`^[^@\s]+@(sha256:[0-9a-f]{64})$`)
	// imageForm is a reference without a digest that an engine could pull.
	imageForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:-]{0,254}$`)
)

func detectImageDigest(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range pulled(d) {
		if strings.Contains(s.Image, "@") {
			continue
		}
		f := plan.Finding{Service: s.Name, At: written(d, s, "image"), Message: "its image may change under the same name"}
		f.Fix = pinDigest(d, s, &f)
		out = append(out, f)
	}
	return out
}

func pinDigest(d *plan.Draft, s project.Service, f *plan.Finding) *plan.Fix {
	fix := &plan.Fix{Summary: "name it by its digest"}
	switch {
	case !imageForm.MatchString(s.Image):
		fix.Blocked = "the image's name is none that could be pulled"
	case s.Facts == nil:
		fix.Blocked = "the engine does not have the image, or was not asked"
		fix.Measure = "docker pull " + s.Image
	case !digestForm.MatchString(s.Facts.Digest):
		fix.Blocked = "the engine knows no digest: the image was built or imported here, not pulled"
	default:
		digest := digestForm.FindStringSubmatch(s.Facts.Digest)[1]
		fix.Value = s.Image + "@" + digest
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromEngine, Text: "has " + s.Facts.Digest})
		fix.Changes = []plan.Change{plan.SetService(s.Name, fix.Value, "image")}
		if w, ok := d.Project.Lookup("services", s.Name, "image"); ok && strings.Contains(w.Text, "$") {
			fix.Off = true
			fix.Risk = "the file takes the image's name from a variable, which the digest would make useless"
		}
	}
	return fix
}

var imageRegistry = plan.Rule{
	ID:       "B047",
	Title:    "Images come from a registry whose identity is checked",
	Topic:    "images",
	Severity: plan.Medium,
	Class:    plan.Advice,
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "4.2"}, {Name: plan.CIS, Item: "2.5"}, {Name: plan.GuideTips, Item: "tip 13"}, {Name: plan.GuideSecuring},
	},
	Why: "A registry that is named by a bare address or a port of plain HTTP is reached only when the daemon is told not to check " +
		"certificates (insecure-registries). Then whoever sits between the two can hand out any image.",
	Fix:    "Nothing is changed: give the registry a name and a certificate, and take it off the daemon's list.",
	Detect: detectImageRegistry,
}

var bareAddress = regexp.MustCompile(`^([0-9]{1,3}\.){3}[0-9]{1,3}(:[0-9]+)?$|^\[`)

func detectImageRegistry(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range pulled(d) {
		repository, _, _ := profiles.SplitImage(s.Image)
		host, _, _ := strings.Cut(repository, "/")
		f := plan.Finding{Service: s.Name, At: written(d, s, "image")}
		switch name, port, _ := strings.Cut(host, ":"); {
		case name == "localhost" || strings.HasPrefix(name, "127."):
			f.Severity = plan.Info
			f.Message = "its registry is this machine: another machine gets another image, or none"
		case bareAddress.MatchString(host):
			f.Message = "its registry " + plain(host) + " is a bare address, for which certificates are hardly checked"
		case port == "80" || port == "5000":
			f.Message = "its registry " + plain(host) + " answers on a port that is usual for plain HTTP"
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

var inlineDockerfile = plan.Rule{
	ID:       "B051",
	Title:    "What is built in the compose file follows the rules for Dockerfiles",
	Topic:    "images",
	Severity: plan.Low,
	Class:    plan.Advice,
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "4.7"}, {Name: plan.CIS, Item: "4.9"}, {Name: plan.CIS, Item: "4.11"}, {Name: plan.GuideField}, {Name: plan.GuideCourse},
	},
	Why: "A build runs as root with the network at hand. ADD unpacks and downloads what nobody has checked, a script that is piped into a " +
		"shell is whatever the other side sends today, and tools such as sudo stay in the image for whoever gets in.",
	Fix:    "Nothing is changed: the remark says what to write instead.",
	Detect: detectInlineDockerfile,
}

// remark is one thing that a Dockerfile should not do.
type remark struct {
	key     string
	pattern *regexp.Regexp
	message string
}

var remarks = []remark{
	{"add", regexp.MustCompile(`(?i)^\s*ADD\s`), "ADD downloads and unpacks: write COPY, or check a sum"},
	{"pipe", regexp.MustCompile(`(?i)\b(curl|wget)\b[^|]*\|\s*(sudo\s+)?(ba|da|z)?sh\b`), "a download is piped into a shell: fetch, check its sum, then run it"},
	{"sudo", regexp.MustCompile(`(?i)^\s*RUN\b.*\bsudo\b`), "sudo in a build: it is root already, and the tool stays in the image"},
	{"tls", regexp.MustCompile(`(?i)--no-check-certificate|\bcurl\b.*\s(-k|--insecure)\b|--trusted-host|--allow-unauthenticated|sslverify\s*=?\s*false|strict-ssl\s+false`), "a download does not check certificates or signatures"},
	{"upgrade", regexp.MustCompile(`(?i)\bapt(-get)?\s+(-\S+\s+)*(dist-)?upgrade\b`), "an upgrade makes each build another image: take a newer base instead"},
}

func detectInlineDockerfile(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		if s.Config.Build == nil || s.Config.Build.DockerfileInline == "" {
			continue
		}
		for _, r := range remarks {
			for i, line := range strings.Split(s.Config.Build.DockerfileInline, "\n") {
				if r.pattern.MatchString(line) {
					out = append(out, plan.Finding{Service: s.Name, Key: r.key, At: written(d, s, "build", "dockerfile_inline"),
						Message: fmt.Sprintf("line %d of its Dockerfile: %s", i+1, r.message)})
					break
				}
			}
		}
	}
	return out
}
