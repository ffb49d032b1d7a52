package rules

import "batten/plan"

var userRules = []plan.Rule{}
