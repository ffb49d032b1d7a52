package seccomp

import "batten/profiles"

// socketCalls are the SYS_* numbers of socketcall(2), from 1 (linux/net.h).
var socketCalls = [...]string{
	1: "socket", 2: "bind", 3: "connect", 4: "listen", 5: "accept", 6: "getsockname",
	7: "getpeername", 8: "socketpair", 9: "send", 10: "recv", 11: "sendto", 12: "recvfrom",
	13: "shutdown", 14: "setsockopt", 15: "getsockopt", 16: "sendmsg", 17: "recvmsg",
	18: "accept4", 19: "recvmmsg", 20: "sendmmsg",
}

// ipcCalls are the numbers of ipc(2) (linux/ipc.h).
var ipcCalls = map[string]uint64{
	"semop": 1, "semget": 2, "semctl": 3, "semtimedop": 4,
	"msgsnd": 11, "msgrcv": 12, "msgget": 13, "msgctl": 14,
	"shmat": 21, "shmdt": 22, "shmget": 23, "shmctl": 24,
}

// multiplexed returns the older entry of a call on 32-bit x86 and the value of
// its first argument.
func multiplexed(a profiles.Arch, name string) (entry string, sub uint64, ok bool) {
	if a != profiles.ArchX86 {
		return "", 0, false
	}
	for i, n := range socketCalls {
		if n == name && n != "" {
			return "socketcall", uint64(i), true
		}
	}
	if n, ok := ipcCalls[name]; ok {
		return "ipc", n, true
	}
	return "", 0, false
}
