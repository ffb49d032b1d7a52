package rules

import "batten/plan"

var secretRules = []plan.Rule{}
