package rules

import "batten/plan"

var privilegeRules = []plan.Rule{}
