#!/bin/sh
# Compiles bpf/programs/*.bpf.c and writes them, public/ and openapi/ as one Swift file.
# usage: embed.sh ROOT OUTPUT.swift
set -eu
root=$1
output=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Swift's own clang and objcopy stand beside the compiler; others will do.
swift=$(command -v swift || true)
PATH="${swift:+$(dirname "$(readlink -f "$swift")"):}$PATH"
for tool in clang llvm-objcopy; do
	command -v "$tool" >/dev/null || {
		echo "embed.sh: $tool is missing; it comes with Swift's toolchain, or with Debian's llvm" >&2
		exit 1
	}
done

emit() { # emit PATH FILE
	printf '        Asset(path: "%s", base64: "' "$1"
	base64 -w 0 "$2"
	printf '"),\n'
}

# Without the kernel's fields to find, .BTF.ext has only lines of source, for messages of libbpf's
# own loading: most of the object's size.
drop_lines() { # drop_lines OBJECT
	llvm-objcopy --dump-section ".BTF.ext=$work/ext" "$1"
	# struct btf_ext_header.core_relo_len
	[ "$(od -An -tu4 -j 28 -N 4 "$work/ext" | tr -d ' ')" != 0 ] ||
		llvm-objcopy --remove-section .BTF.ext --remove-section .rel.BTF.ext "$1"
}

{
	echo '// Written by bpf/embed.sh during the build.'
	echo 'extension Asset {'
	echo '    /// Every asset, sorted by path.'
	echo '    static let all: [Asset] = ['
	for program in "$root"/bpf/programs/*.bpf.c; do
		name=$(basename "$program" .c)
		clang -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
			"-D__TARGET_ARCH_$(uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')" \
			-I "$root/bpf/include" -I "$root/bpf/lib" \
			-idirafter "/usr/include/$(uname -m)-linux-gnu" \
			-c "$program" -o "$work/$name.o"
		llvm-objcopy --strip-debug "$work/$name.o"
		drop_lines "$work/$name.o"
		emit "bpf/$name.o" "$work/$name.o"
	done
	(cd "$root" && find public openapi -type f ! -name '.*' | LC_ALL=C sort) >"$work/files"
	while read -r file; do
		emit "$file" "$root/$file"
	done <"$work/files"
	echo '    ]'
	echo '}'
} >"$work/Assets.swift"
mv "$work/Assets.swift" "$output"
