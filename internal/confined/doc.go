// Package confined holds the round trips of AppArmor profiles: real services are
// recorded in containers that runc starts, profiles are generated from what was
// seen, the kernel enforces them, and the services work as before while what they
// never did is refused. The tests run inside a virtual machine with a Debian kernel,
// which they boot themselves: few machines that run tests have AppArmor.
//
// Invariant: nothing here is simulated. A denial is one that the kernel wrote to its
// audit log, and its absence is known only after a mark written behind it was read.
package confined
