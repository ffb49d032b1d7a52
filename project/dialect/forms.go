package dialect

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// form is one way of writing a known key that some readers refuse.
type form struct {
	shape       string
	found       func(n *yaml.Node) bool
	shuts       []Reader
	why         string
	translation string
}

// readers38 are those that read by the schema.
var readers38 = []Reader{Strict, Stack}

var forms = []form{
	{"services.*.depends_on", isMapping, readers38, "conditions of dependencies are not part of 3.8", "a list of names; the service itself waits for what it needs"},
	{"services.*.env_file[]", isMapping, []Reader{Strict, V1, Stack}, "files of variables are named by their path alone", "the path"},
	{"services.*.devices[]", isMapping, []Reader{Strict, V1, Stack}, "devices are written in the short form alone", `"HOST:CONTAINER:PERMISSIONS"`},
	{"services.*.deploy.resources.limits.cpus", isNumber, readers38, "the number of CPUs has to be a text", `put it in quotes`},
	{"services.*.deploy.resources.reservations.cpus", isNumber, readers38, "the number of CPUs has to be a text", `put it in quotes`},
	{"services.*.deploy.resources.limits.memory", isNumber, readers38, "the amount of memory has to be a text", `put it in quotes`},
	{"services.*.deploy.resources.reservations.memory", isNumber, readers38, "the amount of memory has to be a text", `put it in quotes`},
	{"services.*.ports[].published", isText, readers38, "a published port in the long form has to be a number", "the number without quotes"},
	{"services.*.ports[].target", isText, readers38, "a target port in the long form has to be a number", "the number without quotes"},
	{"services.*.environment.*", isBoolean, []Reader{Strict, V1, Stack}, "true and false as values have to be texts", "put it in quotes"},
	{"services.*.labels.*", isBoolean, readers38, "true and false as values have to be texts", "put it in quotes"},
	{"services.*.build.args.*", isBoolean, readers38, "true and false as values have to be texts", "put it in quotes"},
	{"services.*.restart", isPlainNo, []Reader{V1}, "docker-compose takes no without quotes for false", `"no"`},
	{"services.*.cgroupns_mode", always, Readers(), "the key is of version 3.9, and Compose v2 calls it cgroup", "the default, which is private where the engine can"},
	{"services.*", pidsConflict, []Reader{V2}, "Compose v2 takes pids_limit beside deploy.resources.limits for a contradiction", "one of both"},
	{"services.*", memoryConflict, []Reader{V2}, "Compose v2 takes mem_limit beside deploy.resources.limits for a contradiction", "deploy.resources.limits.memory"},
	{"services.*", cpusConflict, []Reader{V2}, "Compose v2 takes cpus beside deploy.resources.limits for a contradiction", "deploy.resources.limits.cpus"},
	{"", noVersion, readers38, "the version is not given", `version: "3.8"`},
	{"version", notThree, readers38, "the version is not of the third kind", `version: "3.8"`},
	{"version", isNumber, Readers(), "the version has to be a text", `version: "3.8"`},
}

func always(*yaml.Node) bool      { return true }
func isMapping(n *yaml.Node) bool { return n.Kind == yaml.MappingNode }
func isText(n *yaml.Node) bool    { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" }
func isBoolean(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" }

func isNumber(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.ShortTag() == "!!int" || n.ShortTag() == "!!float")
}

// plainNo is what a reader of YAML 1.1 takes for false.
var plainNo = regexp.MustCompile(`^(?:no|No|NO|off|Off|OFF|false|False|FALSE)$`)

func isPlainNo(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && plainNo.MatchString(n.Value)
}

func noVersion(n *yaml.Node) bool { return child(n, "version") == nil }

func notThree(n *yaml.Node) bool { return n.Value != "3" && !strings.HasPrefix(n.Value, "3.") }

func pidsConflict(n *yaml.Node) bool   { return conflict(n, "pids_limit", "pids") }
func memoryConflict(n *yaml.Node) bool { return conflict(n, "mem_limit", "memory") }
func cpusConflict(n *yaml.Node) bool   { return conflict(n, "cpus", "cpus") }

// conflict holds when a limit of the service stands beside limits of deploy that do
// not repeat it.
func conflict(n *yaml.Node, own, limit string) bool {
	value := child(n, own)
	if value == nil || child(n, "deploy", "resources", "limits") == nil {
		return false
	}
	other := child(n, "deploy", "resources", "limits", limit)
	return other == nil || other.Value != value.Value
}
