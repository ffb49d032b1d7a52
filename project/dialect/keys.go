package dialect

import "strings"

// object is one kind of mapping: which keys the readers know in it. Compose v2 is
// not in the table: what it does not know cannot be loaded at all.
type object struct {
	shape  string
	strict string // keys of the schema, which docker stack reads with
	v1     string // keys that docker-compose 1.29 knows besides
	// extensions is true when the schema takes keys that begin with x-, free when it
	// takes any.
	extensions, free bool
	// v1Closed is true when docker-compose 1.29 takes no keys that begin with x-.
	v1Closed bool
}

var objects = []object{
	{shape: "", strict: "version services networks volumes secrets configs", extensions: true},
	{shape: "services.*", extensions: true,
		strict: "build cap_add cap_drop cgroup_parent command configs container_name credential_spec depends_on deploy devices dns " +
			"dns_search domainname entrypoint env_file environment expose external_links extra_hosts healthcheck hostname image init " +
			"ipc isolation labels links logging mac_address network_mode networks pid ports privileged read_only restart secrets " +
			"security_opt shm_size stdin_open stop_grace_period stop_signal sysctls tmpfs tty ulimits user userns_mode volumes working_dir",
		v1: "blkio_config cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset " +
			"device_cgroup_rules dns_opt extends group_add mem_limit mem_reservation mem_swappiness memswap_limit oom_kill_disable " +
			"oom_score_adj pids_limit platform profiles pull_policy runtime scale storage_opt volumes_from"},
	{shape: "services.*.build", strict: "args cache_from context dockerfile labels network shm_size target", v1: "extra_hosts isolation"},
	{shape: "services.*.configs[]", strict: "source target uid gid mode"},
	{shape: "services.*.secrets[]", strict: "source target uid gid mode"},
	{shape: "services.*.credential_spec", strict: "config file registry"},
	{shape: "services.*.depends_on.*", v1: "condition", v1Closed: true},
	{shape: "services.*.deploy", strict: "endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config"},
	{shape: "services.*.deploy.placement", strict: "constraints max_replicas_per_node preferences"},
	{shape: "services.*.deploy.resources", strict: "limits reservations"},
	{shape: "services.*.deploy.resources.limits", strict: "cpus memory"},
	{shape: "services.*.deploy.resources.reservations", strict: "cpus generic_resources memory", v1: "devices"},
	{shape: "services.*.deploy.restart_policy", strict: "condition delay max_attempts window"},
	{shape: "services.*.deploy.rollback_config", strict: "delay failure_action max_failure_ratio monitor order parallelism"},
	{shape: "services.*.deploy.update_config", strict: "delay failure_action max_failure_ratio monitor order parallelism"},
	{shape: "services.*.healthcheck", strict: "disable interval retries start_period test timeout"},
	{shape: "services.*.logging", strict: "driver options"},
	{shape: "services.*.networks.*", strict: "aliases ipv4_address ipv6_address", v1: "link_local_ips priority"},
	{shape: "services.*.ports[]", strict: "mode protocol published target"},
	{shape: "services.*.ulimits.*", strict: "hard soft"},
	{shape: "services.*.volumes[]", strict: "bind consistency read_only source target tmpfs type volume"},
	{shape: "services.*.volumes[].bind", strict: "propagation", free: true},
	{shape: "services.*.volumes[].tmpfs", strict: "size", free: true},
	{shape: "services.*.volumes[].volume", strict: "nocopy", free: true},
	{shape: "networks.*", strict: "attachable driver driver_opts external internal ipam labels name", v1: "enable_ipv6", extensions: true},
	{shape: "networks.*.ipam", strict: "config driver", v1: "options"},
	{shape: "networks.*.ipam.config[]", strict: "subnet", v1: "aux_addresses gateway ip_range"},
	{shape: "volumes.*", strict: "driver driver_opts external labels name", extensions: true},
	{shape: "secrets.*", strict: "driver driver_opts external file labels name template_driver", extensions: true},
	{shape: "configs.*", strict: "external file labels name template_driver", extensions: true},
}

// shut are the readers that do not know a key of an object.
func (o object) shut(key string) []Reader {
	extension := strings.HasPrefix(key, "x-")
	strict := o.free || contains(o.strict, key) || extension && o.extensions
	v1 := contains(o.strict, key) || contains(o.v1, key) || extension && !o.v1Closed
	switch {
	case strict && v1:
		return nil
	case strict:
		return []Reader{V1}
	case v1:
		return []Reader{Strict, Stack}
	}
	return []Reader{Strict, V1, Stack}
}

func contains(list, word string) bool {
	for one := range strings.FieldsSeq(list) {
		if one == word {
			return true
		}
	}
	return false
}

// translations say what has the same effect in version 3.8.
var translations = map[string]string{
	"services.*.mem_limit":                             "deploy.resources.limits.memory",
	"services.*.mem_reservation":                       "deploy.resources.reservations.memory",
	"services.*.cpus":                                  "deploy.resources.limits.cpus, as a text",
	"services.*.scale":                                 "deploy.replicas",
	"services.*.extends":                               "a copy of the service that is extended",
	"services.*.volumes_from":                          "a named volume that both services mount",
	"services.*.profiles":                              "a file of its own, named with -f",
	"services.*.ports[].host_ip":                       `the short form, "ADDRESS:PUBLISHED:TARGET"`,
	"services.*.volumes[].bind.create_host_path":       "the short form makes the folder",
	"services.*.volumes[].tmpfs.mode":                  "tmpfs of the service, with mode= among its options",
	"name":                                             "COMPOSE_PROJECT_NAME, or the option -p",
	"include":                                          "the files, each named with -f",
	"secrets.*.environment":                            "file",
	"configs.*.content":                                "file",
	"services.*.deploy.resources.limits.pids":          "pids_limit in a file of its own",
	"services.*.pids_limit":                            "a file of its own",
	"services.*.healthcheck.start_interval":            "interval",
	"services.*.networks.*.priority":                   "names of networks whose order is that of the priorities",
	"services.*.deploy.resources.reservations.devices": "devices of the service",
}
