package seccomp

import (
	"bytes"
	"fmt"
)

// KubernetesProfile is a localhost profile and its use.
type KubernetesProfile struct {
	// Path is relative to the kubelet's folder of profiles, by default
	// /var/lib/kubelet/seccomp on each node.
	Path string
	// JSON is an OCI profile: no archMap, no conditions.
	JSON []byte
	// Snippet is YAML to put into a container of a pod.
	Snippet []byte
}

// Kubernetes exports a policy for pods. The service's name is made fit for a file
// and an object. Minimum: Kubernetes 1.19; defaultErrnoRet needs a runtime that
// implements version 1.0.3 of the OCI specification.
func Kubernetes(r *Result, service string) (KubernetesProfile, error) {
	p, err := r.flat()
	if err != nil {
		return KubernetesProfile{}, fmt.Errorf("export policy for kubernetes: %w", err)
	}
	k := KubernetesProfile{Path: "batten/" + objectName(service) + ".json", JSON: p.Encode()}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# The profile goes to /var/lib/kubelet/seccomp/%s on each node.\n", k.Path)
	fmt.Fprintln(&b, "securityContext:")
	if r.NoNewPrivileges {
		fmt.Fprintln(&b, "  # The profile was made for this setting: without it, pods do not start.")
		fmt.Fprintln(&b, "  allowPrivilegeEscalation: false")
	}
	fmt.Fprintln(&b, "  seccompProfile:")
	fmt.Fprintln(&b, "    type: Localhost")
	fmt.Fprintf(&b, "    localhostProfile: %s\n", k.Path)
	k.Snippet = b.Bytes()
	return k, nil
}
