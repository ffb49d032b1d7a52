package rules

import "batten/plan"

var filesystemRules = []plan.Rule{}
