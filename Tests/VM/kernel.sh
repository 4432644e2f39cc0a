#!/bin/sh
# Prints the path of a Debian cloud kernel's image, which it downloads where it is not there.
# usage: kernel.sh KERNEL        6.1 (Debian 12) or 6.12 (Debian 13)
#
# The image is unpacked below .build/vm and never installed. One that is there is kept, and the
# network left alone; without .build/vm/KERNEL the next run fetches the newest.
set -eu
cache=$(cd "$(dirname "$0")/../.." && pwd)/.build/vm
kernel=$1
case $kernel in
6.1) suite=bookworm ;;
6.12) suite=trixie ;;
*)
	echo "kernel.sh: no kernel $kernel: 6.1 and 6.12 are known" >&2
	exit 2
	;;
esac

image() { find "$cache/$kernel/boot" -name 'vmlinuz-*' 2>/dev/null | sort | tail -n 1; }

# Debian's archive, as this machine's apt knows it: the part of its sources named like that.
archive() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
		grep -m 1 '/debian/*$'
}

# apt with lists and a cache of its own, so that the machine's stay as they are.
private_apt() {
	tool=$1
	shift
	"$tool" -qq \
		-o Dir::State::Lists="$apt/lists" -o Dir::State::Status="$apt/status" \
		-o Dir::Cache="$apt/cache" -o Dir::Etc::SourceList="$apt/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null \
		-o Dir::Etc::PreferencesParts=/dev/null -o Acquire::Languages=none \
		-o APT::Sandbox::User=root -o APT::Update::Error-Mode=any "$@"
}

download() {
	apt=$cache/apt/$suite
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$cache/$kernel"
	: >"$apt/status"
	uri=$(archive) || {
		echo "kernel.sh: apt's sources have no Debian archive"
		exit 1
	}
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [arch=amd64 signed-by=$key] $uri $suite main" >"$apt/sources.list"
	private_apt apt-get update
	# The package that carries a suite's kernel has its version in the name.
	package=$(private_apt apt-cache show --no-all-versions linux-image-cloud-amd64 |
		sed -n 's/^Depends: \(linux-image-[^ ]*\).*/\1/p')
	[ -n "$package" ] || {
		echo "kernel.sh: $suite has no linux-image-cloud-amd64"
		exit 1
	}
	echo "downloading $package"
	cd "$cache/$kernel"
	private_apt apt-get download "$package"
	mkdir unpacked
	dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C unpacked ./boot
	rm "$package"_*.deb
	# The last step: an image that is there is whole.
	mv unpacked/boot boot
	rmdir unpacked
}

if [ -z "$(image)" ]; then
	# What an interrupted run left.
	rm -rf "${cache:?}/$kernel"
	download >&2
fi
image
