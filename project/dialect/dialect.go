// Package dialect knows what each reader of compose files accepts of version 3.8,
// and what it ignores.
package dialect

import _ "github.com/docker/cli/cli/compose/schema" // the strict schema
