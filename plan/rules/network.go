package rules

import "batten/plan"

var networkRules = []plan.Rule{}
