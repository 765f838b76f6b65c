# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by what unpacks programs of a newer Debian than the host's.
#
#	use_libc ROOT AS FOLDER...	programs below the folders use the C library in
#					ROOT, which will be called AS

use_libc() {
	local root=$1 as=$2 loader file

	shift 2
	loader=$(compgen -G "$root/usr/lib/*-linux-*/ld-linux*.so.*") || die "there is no C library in $root"
	loader=$as/${loader#"$root/"}
	find "$@" -type f -perm /100 -print0 | while IFS= read -r -d '' file; do
		# Scripts, libraries and static programs name no loader.
		patchelf --print-interpreter "$file" > /dev/null 2>&1 || continue
		# No RUNPATH: that one is not for what the libraries need themselves.
		patchelf --set-interpreter "$loader" --force-rpath --set-rpath "${loader%/*}" "$file"
	done
}
