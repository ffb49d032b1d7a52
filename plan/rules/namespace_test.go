package rules

import (
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

func TestDevicesAreKnownByName(t *testing.T) {
	for dev, want := range map[string]plan.Severity{
		"/dev/mem": plan.Critical, "/dev/sda1": plan.Critical, "/dev/nvme0n1": plan.Critical, "/dev/mapper/root": plan.Critical, "/dev": plan.Critical, "/dev/": plan.Critical,
		"/dev/bus/usb": plan.High, "/dev/tty0": plan.High, "/dev/ttyUSB0": plan.Medium, "/dev/kvm": plan.Medium, "/dev/net/tun": plan.Medium, "/dev/dri": plan.Medium,
		"vendor.com/gpu=0": plan.Medium,
	} {
		if got := reachOfDevice(dev).severity; got != want {
			t.Errorf("%s: %s, want %s", dev, got, want)
		}
	}
}

func TestTheTargetOfAMountIsReadFromEachForm(t *testing.T) {
	for text, want := range map[string]string{
		`"./a:/b"`: "/b", `"./a:/b:ro"`: "/b", `/b`: "/b", `"v:/b:rw,z"`: "/b", `"${A}:/b"`: "/b", `{type: bind, source: /a, target: /b}`: "/b", `{type: tmpfs}`: "",
		`"/a:/b"`: "/b",
	} {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		n := doc.Content[0]
		if got := mountTarget(project.Written{Node: n, Text: n.Value}); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestProgramsOfACommandAreFound(t *testing.T) {
	for _, test := range []struct {
		entry, command, want []string
	}{
		{nil, []string{"nginx", "-g", "daemon off;"}, []string{"nginx"}},
		{[]string{"sh", "-c", "crond && exec nginx; sleep 1 | cat"}, nil, []string{"sh", "crond", "nginx", "sleep", "cat"}},
		{[]string{"/wait-for"}, []string{"postgres:5432"}, []string{"/wait-for", "postgres:5432"}},
		{[]string{"sh", "-c"}, nil, []string{"sh"}},
		{nil, nil, nil},
	} {
		s := project.Service{Config: &project.ServiceConfig{}}
		s.Config.Entrypoint, s.Config.Command = test.entry, test.command
		if got := startedBy(s); !slices.Equal(got, test.want) {
			t.Errorf("%q %q: %q", test.entry, test.command, got)
		}
	}
	for program, want := range map[string]string{"/usr/sbin/php-fpm8.2": "php", "/usr/sbin/sshd": "ssh", "postgres:5432": "", "/bin/ls": ""} {
		if got := daemonOf(program); got != want {
			t.Errorf("%s: %q", program, got)
		}
	}
}
