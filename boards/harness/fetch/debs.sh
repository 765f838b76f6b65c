# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by apt-root.sh: packages, from the archive into $debs, and unpacked; and whether the
# disk has room for them.
#
#	apt_fetch PACKAGE...		into $debs
#	apt_fetch_all PACKAGE...	the same, and all that they need
#	apt_disk_full			ends the script where that is why something failed
#	debs_unpack DIR DEB...
#	source_unpack SOURCE DIR [ARG...]	of a kernel, from $debs; ARG for tar
#
# $disk_more is the megabytes that the work takes on the disk besides the packages and what is
# in them.
#
# shellcheck disable=SC2154 # apt_what, debs, work: of apt-root.sh

disk_more=0

apt_fetch() { apt_into_debs download "$@"; }

apt_fetch_all() { apt_into_debs install --no-install-recommends "$@"; }

# apt_into_debs COMMAND [OPTION...] PACKAGE...: all that apt would fetch for this; by name and
# version, so that it comes the same way: from a local archive apt installs without a copy
apt_into_debs() {
	local try list=$work/apt.list packages gone

	for try in first second; do
		apt_list "$list" "$@"
		mapfile -t packages < <(apt_packages "$list")
		# All is there already.
		[ ${#packages[@]} -gt 0 ] || return 0
		[ $try = second ] || apt_announce "$list" "${packages[@]}"
		mkdir -p "$debs/partial"
		if ( set -o pipefail; cd "$debs"
			apt-get -qq -o APT::Status-Fd=3 download "${packages[@]}" 3>&1 > "$work/apt.log" 2>&1 |
				progress "$apt_what" "$apt_megabytes" ) && apt_complete "$list"; then
			rm -rf "$work/apt.log" "$list" "$debs/partial" "$debs/lock"
			return
		fi
		apt_disk_full
		# What was listed a moment ago is gone: the archive is another one by now.
		if [ $try = second ] || ! apt_gone > /dev/null; then
			break
		fi
		say "the archive has changed: asking it again"
		apt_update
	done
	[ "${V:-0}" = 0 ] || sed 's/^/  apt: /' "$work/apt.log" >&2
	gone=$(apt_gone) &&
		die "the archive lists $gone, but does not have it: try again in some hours, or name another archive with MIRROR=URI"
	die "could not fetch $(sed -nE 's,^E: Failed to fetch .*/([^/ ]*)\.deb +(.*)$,\1 (\2),p' "$work/apt.log" | paste -sd, | sed 's/,/, /g'):" \
		"try again, nothing is half-done"
}

# apt_list FILE COMMAND [OPTION...] PACKAGE...: what would be fetched, of apt's format:
# 'URI' FILE SIZE HASH
apt_list() {
	local file=$1

	shift
	apt-get -qq "$1" --print-uris "${@:2}" > "$file" 2> "$work/apt.log" || {
		[ "${V:-0}" = 0 ] || sed 's/^/  apt: /' "$work/apt.log" >&2
		die "$apt_what: $(sed -n 's/^E: //p' "$work/apt.log" | head -n 1): the archive at $COHBUF_ARCHIVE does not offer what is needed"
	}
}

# apt_packages FILE: the packages of such a list, as apt wants them
apt_packages() {
	sed -E "s/^'.*' ([^ ]+)_([^ _]+)_([^ _]+)\.deb [0-9]+ .*/\1:\3=\2/; s/:all=/=/; s/%3a/:/g" "$1"
}

# apt_complete FILE: what is in such a list has arrived. What apt copies out of a local
# archive, it does not look at again.
apt_complete() {
	local file size

	while read -r file size; do
		[ "$(stat -c %s "$debs/$file")" -eq "$size" ] || {
			rm "$debs/$file"
			echo "E: Failed to fetch $COHBUF_ARCHIVE/$file  the file is too short" > "$work/apt.log" 2> /dev/null
			return 1
		}
	done < <(sed -E "s/^'.*' ([^ ]+) ([0-9]+) .*/\1 \2/" "$1")
}

# apt_gone: which packages the archive does not have
apt_gone() {
	sed -nE 's,^E: Failed to fetch .*/([^/ ]*)\.deb +(404 .*|.*\(2: No such file or directory\).*)$,\1,p' "$work/apt.log" |
		paste -sd, | sed 's/,/, /g' | grep .
}

# apt_announce FILE PACKAGE...: how much it is, of such a list, and whether there is room for it
apt_announce() {
	local number size unpacked

	read -r number size < <(sed -E "s/^'.*' [^ ]+ ([0-9]+) .*/\1/" "$1" | awk '{ s += $1 } END { print NR, s + 0 }')
	unpacked=$(apt-cache show "${@:2}" 2> /dev/null | awk '
		/^(Package|Version|Architecture): / { id = id $2 "_" }
		/^Installed-Size: / { kilobytes = $2 }
		/^$/ { if (!(id in seen)) sum += kilobytes; seen[id]; id = kilobytes = "" }
		END { print sum + 0 }')
	apt_megabytes=$(((size + 999999) / 1000000))
	unpacked=$(((unpacked + 1023) / 1024))
	say "$apt_what: $number packages, $apt_megabytes MB, $unpacked MB unpacked"
	disk_has $((apt_megabytes + unpacked + disk_more))
}

# disk_of: megabytes that are free where the cache is, and the disk's mount point
disk_of() { df -P -k "$work" | awk 'NR == 2 { free = int($4 / 1024); sub(/.* [0-9]+%? +/, ""); print free, $0 }'; }

# disk_has MEGABYTES
disk_has() {
	local free mount

	read -r free mount < <(disk_of)
	[ "${free:-$1}" -ge "$1" ] ||
		die "$apt_what needs $1 MB, and the disk at $mount has $free MB free: make room there, or give another place with CACHE=DIR"
}

# apt_disk_full: after what failed; somebody else may have filled it, so that not even the log is
apt_disk_full() {
	local free mount

	read -r free mount < <(disk_of)
	grep -qs 'No space left on device\|Disk quota exceeded' "$work"/*.log || [ "${free:-1}" -eq 0 ] || return 0
	die "the disk at $mount is full ($free MB free), while fetching $apt_what: make room there, or give another place with CACHE=DIR"
}

debs_unpack() {
	local to=$1 deb all=0 unpacked=0

	shift
	for deb; do
		all=$((all + $(stat -c %s "$deb")))
	done
	(
		set -o pipefail
		for deb; do
			dpkg-deb --extract "$deb" "$to" 2> "$work/apt.log" || exit
			unpacked=$((unpacked + $(stat -c %s "$deb")))
			echo $((unpacked * 100 / all))
		done | progress "unpacking $# packages" $(((all + 999999) / 1000000))
	) || {
		apt_disk_full
		die "unpacking $apt_what: $(tail -n 1 "$work/apt.log"): try again, nothing is half-done"
	}
	rm -f "$work/apt.log"
}

# source_unpack SOURCE DIR [ARG...]: what Debian has packed twice
source_unpack() {
	local source=$1 to=$2

	shift 2
	dpkg-deb --fsys-tarfile "$debs/$source"_*.deb | tar -xOf - "./usr/src/$source.tar.xz" |
		tar -xJf - -C "$to" --strip-components=1 "$@"
}
