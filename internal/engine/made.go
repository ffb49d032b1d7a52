package engine

import (
	"context"
	"fmt"
	"sync"

	"batten/generators/apparmor"
	"batten/generators/seccomp"
	"batten/profiles"
)

// made are the profiles that were made of one survey's recordings, by what they were
// made for: to decide anew hardly ever makes another one. Several surveys may use it at
// once; what it holds is not changed.
type made struct {
	mutex    sync.Mutex
	policies map[policyKey]madePolicy
	confined map[string]madeConfinement
}

// policyKey is what can differ between the seccomp profiles of one survey.
type policyKey struct {
	service string
	nnp     Setting
	wrapper bool
}

type madePolicy struct {
	result *seccomp.Result
	err    error
}

type madeConfinement struct {
	result  *apparmor.Result
	checked bool
}

func newMade() *made {
	return &made{policies: map[policyKey]madePolicy{}, confined: map[string]madeConfinement{}}
}

// policy is the seccomp profile for a key, made when there is none yet.
func (m *made) policy(key policyKey, generate func() (*seccomp.Result, error)) (*seccomp.Result, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	have, ok := m.policies[key]
	if !ok {
		have.result, have.err = generate()
		m.policies[key] = have
	}
	return have.result, have.err
}

// confinement is the AppArmor profile of a service, and whether it was compiled. Of the
// profile's files those from recorded on were put there by the plan.
func (m *made) confinement(ctx context.Context, p profiles.Profile, o apparmor.Options, service string, recorded int) (*apparmor.Result, bool, error) {
	key := fmt.Sprintf("%q %#v", service, o)
	for _, f := range p.Files[recorded:] {
		key += fmt.Sprintf(" %q", f.Path)
	}
	m.mutex.Lock()
	have, ok := m.confined[key]
	m.mutex.Unlock()
	if ok {
		return have.result, have.checked, nil
	}
	result, err := apparmor.Generate(p, o)
	if err != nil {
		return nil, false, err
	}
	checked, err := checkAppArmor(ctx, result.Text)
	if err != nil {
		return nil, false, err
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.confined[key] = madeConfinement{&result, checked}
	return &result, checked, nil
}
