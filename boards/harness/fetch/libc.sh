# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by what unpacks programs of a newer Debian than the host's.
#
#	use_libc ROOT FOLDER...	programs below the folders use the C library in ROOT
#
# A program names its loader by an absolute path, and what is in the cache has none that
# lasts. So a script takes the program's name, and has the loader start it.

use_libc() {
	local root=$1 loader libraries file

	shift
	loader=$(compgen -G "$root/usr/lib/*-linux-*/ld-linux*.so.*") || die "there is no C library in $root"
	find "$@" -type f -perm /100 ! -name '*.so' ! -name '*.so.*' -print0 | while IFS= read -r -d '' file; do
		# Scripts and static programs name no loader, and those of another architecture another one.
		[[ $(LC_ALL=C readelf --program-headers "$file" 2> /dev/null) == *interpreter:*"/${loader##*/}]"* ]] || continue
		libraries=$(realpath -s --relative-to="${file%/*}" "${loader%/*}")
		mv "$file" "$file.elf"
		# The compiler finds its parts by the name that it was called by.
		cat > "$file" <<-WRAPPER
			#!/bin/sh
			file=\$0
			[ ! -L "\$file" ] || file=\$(readlink -f "\$file")
			libraries=\${file%/*}/$libraries
			exec "\$libraries/${loader##*/}" --argv0 "\$0" --library-path "\$libraries" "\$file.elf" "\$@"
		WRAPPER
		chmod 755 "$file"
	done
}
