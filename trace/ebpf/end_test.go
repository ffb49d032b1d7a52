package ebpf_test

import (
	"os/exec"
	"slices"
	"testing"
	"time"

	"batten/internal/launch"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

func TestATreeOfManyThreadsIsFollowedToItsLastCall(t *testing.T) {
	path := program(t, "daemon")
	for _, form := range ebpf.Forms() {
		t.Run(string(form), func(t *testing.T) {
			r, _ := record(t, ebpf.Options{Form: form}, launch.Command{Args: []string{path}})
			if !slices.Contains(calls(r, profiles.PartApplication), "sysinfo") {
				t.Errorf("the end was declared before the last process ended: %v", calls(r, profiles.PartApplication))
			}
		})
	}
}

func TestTheEndOfAProcessThatMadeNoCallIsSeen(t *testing.T) {
	require.EBPF(t)
	for _, form := range ebpf.Forms() {
		t.Run(string(form), func(t *testing.T) {
			cmd := exec.Command("sleep", "1000")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(50 * time.Millisecond)
			s := start(t, ebpf.Options{Form: form}, trace.Target{Service: profiles.Service{Name: "sleep", Kind: profiles.KindProcess}, PID: cmd.Process.Pid})
			defer stop(t, s)
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			select {
			case <-s.Exited():
			case <-time.After(5 * time.Second):
				t.Error("its end was not seen")
			}
		})
	}
}

func TestTheEndOfABusyTreeThatWasTakenInMidLifeIsSeen(t *testing.T) {
	require.EBPF(t)
	for range 10 {
		cmd := exec.Command("sh", "-c", "i=0; while [ $i -lt 300 ]; do /bin/true & i=$((i+1)); done; read x; wait")
		in, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, ebpf.Options{}, trace.Target{Service: profiles.Service{Name: "busy", Kind: profiles.KindProcess}, PID: cmd.Process.Pid})
		in.Close()
		_ = cmd.Wait()
		select {
		case <-s.Exited():
		case <-time.After(5 * time.Second):
			t.Error("its end was not seen")
		}
		stop(t, s)
	}
}

func TestTheSessionEndsWithTheLastOfSeveralCommands(t *testing.T) {
	require.EBPF(t)
	for range 5 {
		s := start(t, ebpf.Options{},
			command(launch.Command{Args: []string{"true"}}), command(launch.Command{Args: []string{"true"}}),
			command(launch.Command{Args: []string{"true"}}), command(launch.Command{Args: []string{"sh", "-c", "sleep 0.2; uname"}}))
		<-s.Exited()
		if r := stop(t, s)[3]; !slices.Contains(calls(r, profiles.PartApplication), "uname") {
			t.Error("the end was declared before the last command ended")
		}
	}
}
