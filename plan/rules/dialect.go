package rules

import "batten/plan"

var dialectRules = []plan.Rule{}
