#!/bin/sh
# Prints the path of what a guest boots into: the tests, what they need, and busybox.
# usage: initramfs.sh BUILD        BUILD is where the tests were built, such as .build/debug
#
# Linux unpacks archives that stand one after the other. The first layer, libraries and tools, is
# made again when one of its files changes; the second holds what every build changes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$root/.build/vm
# The service as it is shipped: without optimisation, an emulated processor that has to serve eight
# busy threads too takes minutes to read a full ring.
tests="$1/martletPackageTests.xctest $1/syscaller $root/.build/release/martlet"
# Not busybox's: two of util-linux lack options there that the tests use, and its shell may wait
# forever for a child that ends just then (1.35).
tools='/bin/sh /usr/bin/setpriv /usr/bin/unshare'

mkdir -p "$cache"
stage=$(mktemp -d "$cache/stage.XXXXXX")
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' HUP INT TERM

# The files of the first layer, each with what tells that it has changed.
base_files() {
	{
		command -v busybox
		echo "$tools" | tr ' ' '\n'
		# NAME => PATH (ADDRESS), but the loader is PATH (ADDRESS).
		ldd $tests $tools | sed -n 's|.*[[:space:]]\(/[^ ]*\) (.*|\1|p'
	} | sort -u | xargs stat -L -c '%n %s %Y'
}

# Packs the stage into the archive $1.
pack() {
	(cd "$stage" && find . -mindepth 1 | cpio -o -H newc --quiet -R 0:0) >"$1.new"
	mv "$1.new" "$1"
	rm -rf "${stage:?}"/*
}

pack_base() {
	for folder in bin sbin lib lib64; do
		mkdir -p "$stage/usr/$folder"
		ln -s "usr/$folder" "$stage/$folder"
	done
	echo "$1" | cut -d ' ' -f 1 | xargs cp -L --parents -t "$stage"
	for name in $(busybox --list); do
		[ -e "$stage/usr/bin/$name" ] || ln -s busybox "$stage/usr/bin/$name"
	done
	pack "$cache/base.cpio"
	echo "$1" >"$cache/base.files"
}

pack_tests() {
	mkdir "$stage/martlet"
	for file in $tests; do
		strip --strip-debug -o "$stage/martlet/${file##*/}" "$file"
	done
	cp "$here/init" "$stage/init"
	pack "$cache/tests.cpio"
}

files=$(base_files)
if [ "$files" != "$(cat "$cache/base.files" 2>/dev/null)" ]; then pack_base "$files"; fi
pack_tests
cat "$cache/base.cpio" "$cache/tests.cpio" >"$cache/initramfs.cpio"
echo "$cache/initramfs.cpio"
