package rules

import "batten/plan"

var namespaceRules = []plan.Rule{}
