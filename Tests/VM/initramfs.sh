#!/bin/sh
# Prints the path of what a guest boots into: a payload, what it needs, and busybox.
# usage: initramfs.sh PAYLOAD BUILD
#   PAYLOAD  tests: the tests        bench: the benchmark's driver, with Python
#   BUILD    where the payload's programs were built, such as .build/debug
#
# Linux unpacks archives that stand one after the other. The first layer, libraries and tools, is
# made again when one of its files changes; the second holds what every build changes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
payload=$1
build=$2
cache=$root/.build/vm/$payload
# The service as it is shipped: without optimisation, an emulated processor that has to serve eight
# busy threads too takes minutes to read a full ring.
service=$root/.build/release/martlet
case $payload in
tests) programs="$build/martletPackageTests.xctest $build/syscaller $service" ;;
bench) programs="$build/caller $build/reference $service" ;;
*)
	echo "initramfs.sh: no payload $payload: tests and bench are known" >&2
	exit 2
	;;
esac
# Not busybox's: two of util-linux lack options there that the tests use, and its shell may wait
# forever for a child that ends just then (1.35).
tools='/bin/sh /usr/bin/setpriv /usr/bin/unshare'

mkdir -p "$cache"
stage=$(mktemp -d "$cache/stage.XXXXXX")
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' HUP INT TERM

# The interpreter and its library, without what nothing imports.
python_files() {
	echo /usr/bin/python3
	find "$(/usr/bin/python3 -c 'import os; print(os.path.dirname(os.__file__))')" \
		\( -name test -o -name 'config-*' -o -name idlelib -o -name lib2to3 -o -name ensurepip \
		-o -name distutils -o -name tkinter -o -name unittest -o -name __pycache__ \) -prune \
		-o -type f -print
}

# The files of the first layer, each with what tells that it has changed.
base_files() {
	others=
	if [ "$payload" = bench ]; then others=$(python_files); fi
	{
		command -v busybox
		echo "$tools $others" | tr -s ' ' '\n'
		# NAME => PATH (ADDRESS), but the loader is PATH (ADDRESS).
		ldd $programs $tools $(echo "$others" | grep -E 'bin/python|\.so$') | sed -n 's|.*[[:space:]]\(/[^ ]*\) (.*|\1|p'
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

# Copies the programs $2... into the folder $1.
put() {
	mkdir -p "$1"
	folder=$1
	shift
	for file; do strip --strip-debug -o "$folder/${file##*/}" "$file"; done
}

pack_payload() {
	cp "$here/init" "$stage/init"
	case $payload in
	tests)
		put "$stage/martlet" $programs
		cp "$here/run-tests" "$stage/martlet/run"
		cp "$root/martlet.service" "$stage/martlet"
		;;
	bench)
		# Where the driver looks for them.
		put "$stage/martlet/.build/release" "$service"
		put "$stage/martlet/.build/benchmarks" "$build/caller" "$build/reference"
		cp "$build/pipe2.bpf.o" "$stage/martlet/.build/benchmarks"
		mkdir -p "$stage/martlet/Tests/Benchmarks"
		cp -r "$root/Tests/Benchmarks/driver" "$stage/martlet/Tests/Benchmarks"
		cp "$root/Tests/Benchmarks/run-guest" "$stage/martlet/run"
		;;
	esac
	pack "$cache/payload.cpio"
}

files=$(base_files)
if [ "$files" != "$(cat "$cache/base.files" 2>/dev/null)" ]; then pack_base "$files"; fi
pack_payload
# Another guest may still be reading the one that is there.
cat "$cache/base.cpio" "$cache/payload.cpio" >"$cache/initramfs.cpio.new"
mv "$cache/initramfs.cpio.new" "$cache/initramfs.cpio"
echo "$cache/initramfs.cpio"
