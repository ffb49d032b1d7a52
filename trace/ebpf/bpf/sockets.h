// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
//
// Sockets: what is listened on, who is called, and Unix sockets, which are files or
// have an abstract name.

#ifndef BATTEN_SOCKETS_H
#define BATTEN_SOCKETS_H

#include "files.h"

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define UNIX_NAME 108

// address is sockaddr_in, sockaddr_in6 or the beginning of sockaddr_un, as far as
// they are read.
struct address {
	u16 family;
	u16 port;
	union {
		u8 v4[4];
		struct {
			u32 flow;
			u8 v6[16];
		};
	};
};

static __always_inline struct sock *sock_of(u64 fd)
{
	struct file *f = file_of(bpf_get_current_task_btf(), fd);
	struct socket *s = f ? BPF_CORE_READ(f, private_data) : 0;

	return s ? BPF_CORE_READ(s, sk) : 0;
}

// use_socket records one use of a port or of an abstract name.
__noinline int use_socket(struct socket_key *what)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = bpf_task_storage_get(&tasks, t, 0, 0);
	struct call c = {};

	if (!ts || !what)
		return 0;
	struct socket_key k = *what; // memory of a caller is no key before Linux 6.8
	k.unit = ts->unit;
	k.bucket = bucket_of(ts);
	k.exe = ts->exe;
	if (bpf_map_lookup_elem(&sockets, &k) || !more_of(k.unit))
		return 0;
	sighting(t, ts, &c);
	long err = bpf_map_update_elem(&sockets, &k, &c, BPF_NOEXIST);
	if (!err)
		tell(EVENT_TOUCH, k.unit, 0, c.tgid, c.first);
	else if (err != -17)
		lose(LOSS_PATHS);
	return 0;
}

// unix_socket records a Unix socket's path or abstract name. user tells where the
// address lies.
__noinline int unix_socket(u64 address, u32 size, u32 use, u32 access)
{
	struct socket_key k = { .use = use, .family = AF_UNIX };
	char first = 0;

	if (size <= 2)
		return 0; // without a name, or named by the kernel
	bpf_probe_read_user(&first, 1, (void *)(address + 2));
	if (first)
		return touch_name(address + 2, AT_FDCWD, access, access & A_CONNECT ? TOUCH_FOLLOW : 0, 0);
	u32 slot = take_room();
	struct room *r = room_of(slot);
	if (!r)
		return 0;
	u64 n = size - 3;
	if (n > UNIX_NAME - 1)
		n = UNIX_NAME - 1;
	BOUND(n, 127);
	r->at = ROOM_MIDDLE;
	r->end = ROOM_MIDDLE + n;
	if (!n || bpf_probe_read_user(&r->text[ROOM_MIDDLE], n, (void *)(address + 3))) {
		leave_room(slot);
		return 0;
	}
	*(u64 *)k.address = keep_path(slot, current_unit(), 0);
	leave_room(slot);
	return use_socket(&k);
}

// use_address records an address that a call names: bound to, connected to, or sent
// to. It is no Unix socket's.
__noinline int use_address(u64 sock, struct address *a, u32 use)
{
	struct socket_key k = { .use = use };
	struct sock *sk = (void *)sock;

	if (!sk || !a)
		return 0;
	u16 type = BPF_CORE_READ(sk, sk_type);
	k.stream = type == SOCK_STREAM;
	k.family = a->family;
	if (a->family == AF_INET)
		__builtin_memcpy(k.address, a->v4, 4);
	else if (a->family == AF_INET6)
		__builtin_memcpy(k.address, a->v6, 16);
	else
		return 0;
	k.port = __builtin_bswap16(a->port);
	// A stream socket listens when listen(2) says so; port 0 is the kernel's choice.
	if (!k.port || (type != SOCK_STREAM && type != SOCK_DGRAM) || (use == SOCKET_LISTEN && k.stream))
		return 0;
	return use_socket(&k);
}

static __always_inline int called(u64 fd, u64 address, u32 size, u32 use)
{
	struct address a = {};

	if (!address || bpf_probe_read_user(&a, 8, (void *)address))
		return 0;
	if (a.family == AF_UNIX)
		return unix_socket(address, size, use, use == SOCKET_CONNECT ? A_CONNECT : A_BIND);
	if (a.family == AF_INET6 && bpf_probe_read_user(&a, 24, (void *)address))
		return 0;
	return use_address((u64)sock_of(fd), &a, use);
}

// abstract records an abstract name that is bound to; size is the whole address's.
__noinline int abstract(u64 address, u32 size)
{
	struct socket_key k = { .use = SOCKET_LISTEN, .family = AF_UNIX };
	u64 n = size - 3;
	u32 slot = take_room();
	struct room *r = room_of(slot);

	if (!r)
		return 0;
	BOUND(n, 127);
	r->at = ROOM_MIDDLE;
	r->end = ROOM_MIDDLE + n;
	if (!bpf_probe_read_kernel(&r->text[ROOM_MIDDLE], n, (void *)(address + 3)))
		*(u64 *)k.address = keep_path(slot, current_unit(), 0);
	leave_room(slot);
	return *(u64 *)k.address ? use_socket(&k) : 0;
}

// called_kernel is called for an address that the kernel has read. Unix sockets are
// seen when they are connected, and when their file is made.
static __always_inline int called_kernel(u64 sock, u64 address, u32 size, u32 use)
{
	struct address a = {};

	if (bpf_probe_read_kernel(&a, 8, (void *)address))
		return 0;
	if (a.family == AF_UNIX) {
		char first = 1;
		bpf_probe_read_kernel(&first, 1, (void *)(address + 2));
		return use == SOCKET_LISTEN && !first && size > 3 && size <= UNIX_NAME + 2 ? abstract(address, size) : 0;
	}
	if (a.family == AF_INET6 && bpf_probe_read_kernel(&a, 24, (void *)address))
		return 0;
	return use_address(sock, &a, use);
}

// listening records the port of a socket that now listens.
__noinline int listening(u64 sock)
{
	struct socket_key k = { .use = SOCKET_LISTEN, .stream = 1 };
	struct sock *sk = (void *)sock;

	if (!sk)
		return 0;
	k.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (k.family == AF_INET) {
		u32 v4 = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		__builtin_memcpy(k.address, &v4, 4);
	} else if (k.family == AF_INET6) {
		BPF_CORE_READ_INTO(&k.address, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
	} else {
		return 0;
	}
	k.port = BPF_CORE_READ(sk, __sk_common.skc_num);
	return use_socket(&k);
}

// unix_peer records a Unix socket that is connected or sent to.
__noinline int unix_peer(u64 sock)
{
	struct socket_key k = { .use = SOCKET_CONNECT, .family = AF_UNIX };
	struct unix_sock *other = (void *)sock;
	struct dentry *d = BPF_CORE_READ(other, path.dentry);

	if (d)
		return touch_entry((u64)d, (u64)BPF_CORE_READ(other, path.mnt), A_CONNECT, 0, 0);
	struct unix_address *a = BPF_CORE_READ(other, addr);
	u64 n = a ? BPF_CORE_READ(a, len) - 3 : 0;
	u32 slot = take_room();
	struct room *r = room_of(slot);
	if (!r)
		return 0;
	if (n - 1 < UNIX_NAME - 1) {
		r->at = ROOM_MIDDLE;
		r->end = ROOM_MIDDLE + n;
		BOUND(n, 127);
		bpf_probe_read_kernel(&r->text[ROOM_MIDDLE], n, (char *)a + bpf_core_field_offset(a->name) + 3);
		*(u64 *)k.address = keep_path(slot, current_unit(), 0);
	}
	leave_room(slot);
	return *(u64 *)k.address ? use_socket(&k) : 0;
}

// unix_peer_of returns the socket that a Unix socket is connected to, 0 of others.
static __always_inline u64 unix_peer_of(u64 sock)
{
	struct unix_sock *u = (void *)sock;

	if (!sock || BPF_CORE_READ((struct sock *)sock, __sk_common.skc_family) != AF_UNIX)
		return 0;
	return (u64)BPF_CORE_READ(u, peer);
}

// sent_message records whom sendmsg(2) names; struct user_msghdr begins with the
// address and its size.
__noinline int sent_message(u64 fd, u64 message)
{
	u64 name[2] = {};

	if (bpf_probe_read_user(name, sizeof(name), (void *)message))
		return 0;
	return name[0] ? called(fd, name[0], (u32)name[1], SOCKET_CONNECT) : 0;
}

#endif
