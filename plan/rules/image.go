package rules

import "batten/plan"

var imageRules = []plan.Rule{}
