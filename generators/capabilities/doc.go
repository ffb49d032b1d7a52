// Package capabilities makes the smallest set of Linux capabilities of what a
// service was seen to use: drop all, add back what an operation depended on.
//
// Invariants. Pure: same profile, same bytes. Nothing is added that the service
// did not have. What the kernel asks without consequence is never a need. Text of
// the traced program appears only in comments, without control characters.
package capabilities
