package rules

import "batten/plan"

var confinementRules = []plan.Rule{}
