// Package vm runs tests inside a virtual machine with a Debian 6.1 kernel, on which
// AppArmor is enforced, BPF programs may be attached as security modules, to kprobes
// and to functions, and control groups have the unified hierarchy alone: what most
// servers are, and the machine that runs the tests may not be.
//
// Invariant: a machine begins from the same read-only disk, whatever machines before
// it did, and no process of it outlives the test that started it. A test that could
// not run inside is never reported as passed.
//
// # How to add a test
//
// A test of the kernel's behaviour boots a machine and tells it what to do, as often
// as it likes:
//
//	m := vm.Start(t, vm.Guest{})
//	m.Put(t, map[string]string{"/etc/apparmor.d/demo": "testdata/demo.apparmor"})
//	m.Shell(t, "apparmor_parser --replace /etc/apparmor.d/demo")
//	r := m.Run(t, vm.Command{Args: []string{"aa-exec", "-p", "demo", "cat", "/etc/shadow"}})
//	denials := m.Audit(t) // what AppArmor noted since the last time
//
// The root is a Debian with the services of the test image (nginx, redis-server,
// PostgreSQL, Python), runc, apparmor_parser, strace, gcc and curl; it can be written
// to, and what was written is gone with the machine. A service goes on in the
// background with [Machine.Begin]. Results come out as output, or as files with
// [Machine.Get].
//
// A package whose own tests should run inside needs four lines in a test of this
// package:
//
//	func TestTheTracerOnADebianKernel(t *testing.T) {
//		vm.Start(t, vm.Guest{}).GoTest(t, vm.Tests{Package: "batten/trace/ebpf", Run: "TestAKilling"})
//	}
package vm
