package engine

import (
	"errors"
	"fmt"
	"strings"

	"batten/generators/apparmor"
	"batten/internal/fault"
	"batten/profiles"
)

// appArmorExport is the AppArmor profile of a recorded service, and what to know of it.
// The capabilities are those that were seen to be needed.
func appArmorExport(p profiles.Profile, req ShowRequest) ([]byte, string, error) {
	name, err := apparmor.Name(p.Service.Project, p.Service.Name)
	if err != nil {
		return nil, "", fault.Wrap(fault.Usage, err, "give it another name: batten profile merge "+req.Name+" --name NAME")
	}
	result, err := apparmor.Generate(p, apparmor.Options{
		Name: name, Complain: req.Format == FormatComplain, NoNewPrivileges: p.NoNewPrivileges(), IncludeExec: req.Exec,
	})
	if errors.Is(err, apparmor.ErrNoFiles) {
		return nil, "", fault.Wrap(fault.Usage, err, "record it again: batten trace, without --no-files")
	}
	if err != nil {
		return nil, "", err
	}
	var extra strings.Builder
	for _, n := range result.Notes {
		fmt.Fprintf(&extra, "note: %s\n", n.Text)
	}
	for _, r := range result.Refused {
		fmt.Fprintf(&extra, "no rule: %s\n", strings.TrimPrefix(r.Path+": "+r.Why, ": "))
	}
	return result.Text, extra.String(), nil
}
