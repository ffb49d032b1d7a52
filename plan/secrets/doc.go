// Package secrets finds literal credentials in compose files and moves them out:
// into files that git ignores, through the best form that the image takes.
//
// Invariants. Pure, like all of package plan. A value that is nothing but a
// reference such as ${DB_PASSWORD} is never taken for a literal. Values are in
// [plan.Sensitive] alone and names are made from keys, never from values. What a
// move writes into a shell script is quoted so that no value and no name can end
// its word. One value is one secret, wherever it stands.
package secrets
