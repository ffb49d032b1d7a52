package rules

import "batten/plan"

var limitRules = []plan.Rule{}
