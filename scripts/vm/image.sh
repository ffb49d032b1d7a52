#!/usr/bin/env bash
# image.sh makes what the tests' virtual machine boots, in an empty folder:
#
#   kernel    the kernel, a Debian 6.1 for clouds
#   modules/  those that the first program loads, in this order by name
#   root.img  ext4 of a Debian with the services of the test image, all other
#             modules, a container runtime, AppArmor's parser, strace and gcc
#   version   the version of the kernel package
#
# Everything comes from the mirror that the test image was made from, none of it
# from this machine: the guest is the same on every host.
#
# Usage: image.sh IMAGE FOLDER     (IMAGE: of testdata/images/build.sh)
set -euo pipefail

image=${1:?usage: image.sh IMAGE FOLDER}
out=$(realpath "${2:?usage: image.sh IMAGE FOLDER}")

packages=(apparmor runc strace kmod iproute2 curl procps gcc libc6-dev)
# Each after those that it needs.
early=(virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk virtio_console overlay)

say() { printf 'virtual machine: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# inside runs a command in the new root, in mount and process namespaces of its
# own: nothing that a package mounts or starts stays behind.
inside() {
	unshare --mount --pid --fork --kill-child -- chroot "$root" \
		env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# quietly shows a command's output only when it fails.
quietly() {
	"$@" >>"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; die "failed: $*"; }
}

take_root() {
	local container
	container=$(docker create "$image" true)
	# shellcheck disable=SC2064 # now, while its name is known
	trap "docker rm -f $container >/dev/null 2>&1 || true; clean" EXIT
	docker export "$container" | tar --extract --directory "$root" --numeric-owner
	docker rm "$container" >/dev/null
	trap clean EXIT
}

install_packages() {
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
	mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null || true
	say "installing ${packages[*]}"
	quietly inside apt-get update
	quietly inside apt-get install -y --no-install-recommends "${packages[@]}"
}

# install_kernel unpacks the newest kernel of the series, signed or not, without
# running its scripts, which would make a boot menu.
install_kernel() {
	local package release
	package=$(inside apt-cache search --names-only '^linux-image-6\.1\.0-[0-9]+-cloud-amd64(-unsigned)?$' |
		awk '{ print $1 }' | sort -V | tail -n 1)
	[ -n "$package" ] || die "the mirror has no Debian kernel of series 6.1 for clouds"
	say "unpacking $package"
	quietly inside sh -c "cd /tmp && apt-get -o APT::Sandbox::User=root download $package"
	quietly inside sh -c 'dpkg-deb -f /tmp/linux-image-*.deb Version >/tmp/version && dpkg-deb -x /tmp/linux-image-*.deb /tmp/kernel'
	cp "$root/tmp/version" "$out/version"
	cp "$root"/tmp/kernel/boot/vmlinuz-* "$out/kernel"
	release=$(ls "$root/tmp/kernel/lib/modules")
	# /lib is a link to usr/lib where /usr is merged.
	mkdir -p "$root/usr/lib/modules"
	mv "$root/tmp/kernel/lib/modules/$release" "$root/usr/lib/modules/"
	quietly inside depmod "$release"

	mkdir "$out/modules"
	local i file
	for i in "${!early[@]}"; do
		file=$(find "$root/usr/lib/modules/$release" -name "${early[i]//_/[_-]}.ko")
		[ -f "$file" ] || die "$package has no module ${early[i]}"
		cp "$file" "$out/modules/$(printf '%02d' "$i")-${early[i]}.ko"
	done
}

make_disk() {
	rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/tmp/* "$root"/var/log/*.log \
		"$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" "$root/dev/null" "$root/.dockerenv"
	echo batten >"$root/etc/hostname"
	printf '127.0.0.1 localhost batten\n::1 localhost\n' >"$root/etc/hosts"
	local size
	size=$(du --summarize --apparent-size --block-size=1M "$root" | cut -f1)
	say "writing a disk of $size MB"
	# Never written to: no journal, no room for root.
	quietly mkfs.ext4 -q -O '^has_journal' -m 0 -i 8192 -E lazy_itable_init=1 -d "$root" "$out/root.img" "$((size * 5 / 4 + 64))M"
}

[ "$(id -u)" = 0 ] || die "needs root, for file owners and for installing packages into the disk"
command -v mkfs.ext4 >/dev/null || die "needs mkfs.ext4 (package e2fsprogs)"
command -v docker >/dev/null || die "needs the docker command"
[ -z "$(ls -A "$out")" ] || die "$out is not empty"

started=$SECONDS
# /var/tmp, for /tmp is often mounted nodev or is memory.
work=$(mktemp -d /var/tmp/batten-vm.XXXXXXXX)
root=$work/root
clean() { rm -rf --one-file-system "$work"; }
trap clean EXIT
trap 'exit 130' INT TERM
mkdir "$root"
chmod 755 "$root"
take_root
install_packages
install_kernel
make_disk
say "made in $((SECONDS - started)) s"
