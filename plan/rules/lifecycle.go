package rules

import "batten/plan"

var lifecycleRules = []plan.Rule{restartLimit, healthCheckMissing, healthCheckTool, logLimit}
