//go:build linux

// Command guest is the first program of the virtual machine that tests run in.
// It brings the kernel's file systems up, moves into the root disk and does what
// the host asks for over a serial port (package wire), until that closes.
//
// Invariant: it never leaves a machine that runs without it. When it cannot go on
// it says why on the console and turns the power off.
package main

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, "batten guest:", err)
			os.Exit(1)
		}
		return
	}
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "this program is for inside a virtual machine")
		os.Exit(2)
	}
	if err := first(); err != nil {
		fmt.Fprintln(os.Stderr, "batten guest:", err)
	}
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

// first prepares the machine, then waits for all that the server and its commands
// leave behind, as a first process must, until the server ends.
func first() error {
	// Its name is out of reach once the root is another.
	self, err := os.Open("/init")
	if err != nil {
		return fmt.Errorf("open own program: %w", err)
	}
	defer self.Close()
	if err := prepare(); err != nil {
		return err
	}
	server := exec.Command(fmt.Sprintf("/proc/self/fd/%d", self.Fd()), "serve")
	server.Stdout, server.Stderr = os.Stdout, os.Stderr
	server.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "USER=root"}
	server.Dir = "/"
	server.Args[0] = "batten-guest"
	if err := server.Start(); err != nil {
		return fmt.Errorf("start server: %w", err)
	}
	for {
		pid, err := unix.Wait4(-1, nil, 0, nil)
		if err != nil && err != unix.EINTR {
			return fmt.Errorf("wait for processes: %w", err)
		}
		if pid == server.Process.Pid {
			return nil
		}
	}
}
