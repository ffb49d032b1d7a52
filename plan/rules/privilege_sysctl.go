package rules

import (
	"maps"
	"regexp"
	"slices"

	"batten/plan"
)

// kernelSetting is a setting of the kernel that weakens a container or the host.
type kernelSetting struct {
	name     *regexp.Regexp
	value    *regexp.Regexp // of a dangerous value; nil for any
	severity plan.Severity
	text     string // "" for what is harmless
}

var nonZero = regexp.MustCompile(`^[ ]*[1-9]`)

// kernelSettings are looked through in order; the first that fits counts.
var kernelSettings = []kernelSetting{
	{regexp.MustCompile(`^net\.ipv4\.ip_forward$|^net\.ipv[46]\.conf\.[^.]+\.(mc_)?forwarding$`), nonZero, plan.Medium,
		"lets the service pass packets on from one of its networks to another"},
	{regexp.MustCompile(`^net\.ipv4\.conf\.[^.]+\.route_localnet$`), nonZero, plan.Medium, "makes 127.0.0.1 reachable from the network"},
	{regexp.MustCompile(`^net\.ipv[46]\.conf\.[^.]+\.(accept_source_route|accept_redirects)$`), nonZero, plan.Medium, "lets others choose its routes"},
	{regexp.MustCompile(`^net\.ipv4\.conf\.[^.]+\.rp_filter$`), regexp.MustCompile(`^[ ]*0`), plan.Low, "accepts packets with a forged sender"},
	{regexp.MustCompile(`^net\.ipv4\.tcp_syncookies$`), regexp.MustCompile(`^[ ]*0`), plan.Low, "gives up the defence against floods of half-open connections"},
	{regexp.MustCompile(`^net\.ipv4\.ip_unprivileged_port_start$`), nonZero, plan.Info,
		"takes ports below this one from every user but root, so that it needs NET_BIND_SERVICE; Docker's own 0 needs nothing"},
	{regexp.MustCompile(`^(kernel\.(msg|sem|shm|domainname)|fs\.mqueue\.)`), nil, plan.Info, ""}, // of the container's own namespaces
	{regexp.MustCompile(`^(kernel|fs|vm|dev|debug)\.`), nil, plan.Low, "is a setting of the whole host, which an engine refuses"},
}

func detectKernelSettings(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		for _, name := range slices.Sorted(maps.Keys(s.Config.Sysctls)) {
			value := s.Config.Sysctls[name]
			i := slices.IndexFunc(kernelSettings, func(k kernelSetting) bool {
				return k.name.MatchString(name) && (k.value == nil || k.value.MatchString(value))
			})
			if i < 0 || kernelSettings[i].text == "" {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: name, Severity: kernelSettings[i].severity, Message: "sysctl " + plain(name) + "=" + plain(value) + " " + kernelSettings[i].text}
			for _, e := range d.Project.Entries("services", s.Name, "sysctls") {
				if e.Key == name {
					f.At = append(f.At, plan.PositionOf(d.Project, e))
				}
			}
			out = append(out, f)
		}
	}
	return out
}
