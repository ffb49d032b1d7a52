// Package rules holds the rules themselves, one file a topic: how a rule is
// detected, how it is fixed, what it says and where it comes from stand together.
//
// Invariant: rules are pure, like all of package plan. They are evaluated in the
// order of [All], so that a rule may build on what those before it decided.
package rules

import (
	"slices"

	"batten/plan"
)

// All returns the rules of compose projects in the order in which they are
// evaluated.
func All() []plan.Rule {
	return slices.Concat(
		dialectRules,     // B056 B057 B060
		networkRules,     // B018 B020–B027 B054 B058 B059
		userRules,        // B012 B013
		secretRules,      // B040–B044
		privilegeRules,   // B002 B003 B004 B005 B006 B007 B050 B053
		confinementRules, // B014 B015 B016 B017
		namespaceRules,   // B001 B019 B038 B052 B055 B049
		filesystemRules,  // B008–B011 B035 B036 B037 B039
		limitRules,       // B028–B031
		lifecycleRules,   // B032–B034 B048
		imageRules,       // B045–B047 B051
	)
}
