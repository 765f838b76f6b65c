# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, by what fetches Debian packages into the cache.
#
# The packages come through apt, so their signatures are checked, but with a root
# of apt's own: the host keeps its packages and its architectures. See archive.sh for
# which archive it is, and apt-settings.sh for what of the host apt knows.
#
#	cache_begin DIR [FILE]		ends the script where DIR is there already, and
#					no older than FILE
#	apt_root SUITES WHAT ARCH...	WHAT is for people; SUITES as archive_sources has them
#	apt_offers PACKAGE
#	apt_bootstrap SUITE ARCH DIR PACKAGE...	a root file system, by mmdebstrap
#	apt_fetch PACKAGE...		into $debs
#	apt_fetch_all PACKAGE...	the same, and all that they need
#	debs_unpack DIR DEB...
#	source_unpack SOURCE DIR [ARG...]	of a kernel, from $debs; ARG for tar
#	cache_end			DIR is complete
#
# COHBUF_CACHE is where the cache is for people, who see it from outside of the root.
# In between the work is done in $work, which becomes DIR. $disk_more is the megabytes
# that it takes on the disk besides the packages and what is in them.

apt_root_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=boards/harness/fetch/archive.sh
. "$apt_root_here/archive.sh"
# shellcheck source=boards/harness/fetch/apt-settings.sh
. "$apt_root_here/apt-settings.sh"
# shellcheck source=boards/harness/fetch/progress.sh
. "$apt_root_here/progress.sh"

disk_more=0

# cache_begin DIR [FILE]: one at a time; what is in DIR is complete, or DIR is not there
cache_begin() {
	dir=$1
	case $dir in
	# What a home that is not set leaves of the path.
	/.cache/*)	[ -n "${HOME:-}" ] || die "there is no place for the cache, as HOME is not set: give one with CACHE=DIR" ;;
	esac
	{ mkdir -p "${dir%/*}" && : >> "$dir.lock"; } 2> /dev/null ||
		die "the cache ${dir%/*} cannot be written: give another place with CACHE=DIR"
	exec 9>> "$dir.lock"
	flock 9
	[ ! -e "$dir/ready" ] || [ "${2:-}" -nt "$dir/ready" ] || exit 0

	work=$dir.partial
	rm -rf "$dir" "$work"
	mkdir -p "$work"
	trap 'rm -rf "$work"' EXIT

	host_arch=$(dpkg --print-architecture)
	# shellcheck disable=SC2034 # for who sources this
	codename=$debian_release
}

cache_end() {
	rm -rf "$work/debs" "$work/apt" "$work/apt.log"
	mv "$work" "$dir"
	trap - EXIT
	touch "$dir/ready"
}

# apt_root SUITES WHAT ARCH...: a root for apt
apt_root() {
	local uri suite first='' why

	apt_what=$2
	apt=$work/apt debs=$work/debs
	archive_find
	mkdir -p "$debs"
	if [ -z "${COHBUF_ARCHIVE_SETTINGS:-}" ]; then
		archive_settings "$apt/settings"
		export COHBUF_ARCHIVE_SETTINGS=$apt/settings
	fi
	apt_keys=$COHBUF_ARCHIVE_SETTINGS/keys
	apt_private "$work" "${@:3}"
	read -r uri suite < <(archive_suites "$1")
	[ "$1" = release ] || echo "APT::Default-Release \"$suite\";" >> "$apt/apt.conf"

	say "fetching $apt_what into ${COHBUF_CACHE:-${dir%/*}}"
	apt_lists "$1" "$host_arch" "${@:3}"
	if [ -z "${KEYRING:-}" ] && grep -q "^E: The repository .* is not signed" "$work/apt.log"; then
		# As where the host's keys are older than the archive's.
		apt_keys=$apt/keys
		mkdir -p "$apt_keys"
		archive_keyring_of_archive "$apt_keys"
		echo "Dir::Etc::trustedparts \"$apt_keys\";" >> "$apt/apt.conf"
		apt_lists "$1" "$host_arch" "${@:3}"
	fi

	while read -r uri suite; do
		why=$(apt_missing "$suite")
		if [ -n "$why" ] && [ -z "$first" ]; then
			[ "${V:-0}" = 0 ] || sed 's/^/  apt: /' "$work/apt.log" >&2
			case $why in
			*reached)	die "no ${dir##*/} in the cache, and Debian's archive at $uri $why: connect this machine once," \
						"name another archive with MIRROR=URI, or bring a cache with make cache-import" ;;
			*known)		die "Debian's archive at $uri $why: name another with MIRROR=URI, or its keys with" \
						"KEYRING=FILE and their fingerprints with ARCHIVE_KEYS=FILE" ;;
			*clock*)	die "Debian's archive at $uri $why: set the clock" ;;
			*)		die "Debian's archive at $uri $why: name another with MIRROR=URI, or try again in some hours" ;;
			esac
		fi
		first=no
		[ -z "$why" ] || say "going on without $suite: the archive at $uri $why"
	done < <(archive_suites "$1")
	apt_age "$1"
}

# apt_lists SUITES ARCH...: the archive's lists. Where one of them does not match what is
# signed, apt takes none of its suite; so it is asked again, without that one.
apt_lists() {
	local sources suite arch line arches broken left_out=''

	sources=$(archive_sources "$1") || exit
	shift
	while :; do
		while read -r line; do
			suite=$(awk '{ print $4 }' <<< "$line") arches=''
			for arch; do
				case " $left_out " in *" $suite/$arch "*) ;; *) arches+=,$arch ;; esac
			done
			[ -z "$arches" ] || echo "${line/]/ arch=${arches#,}]}"
		done <<< "$sources" > "$apt/sources.list"
		apt_update
		# Those without a reason were given up when another failed.
		broken=$(sed -nE 's,^E: Failed to fetch .*/dists/([^/]*)/main/binary-([^/]*)/Packages[^ ]* +[^ ].*,\1/\2,p' "$work/apt.log" |
			paste -sd' ')
		case " $left_out " in *" ${broken:-none} "*) broken='' ;; esac
		[ -n "$broken" ] || break
		left_out+=" $broken"
	done
	[ -z "$left_out" ] || say "leaving out lists that are not what is signed:$left_out"
}

apt_update() {
	( set -o pipefail
	apt-get -qq -o APT::Status-Fd=3 -o Acquire::Retries=1 update 3>&1 > "$work/apt.log" 2>&1 | progress "the archive's lists" ) || apt_disk_full
}

# apt_missing SUITE: why it is not among the lists
apt_missing() {
	! compgen -G "$apt/lists/*_dists_$1_InRelease" > /dev/null || return 0
	if grep -q "^E: The repository '.* $1 InRelease' is not signed" "$work/apt.log"; then
		echo "is signed by none of the keys that are known"
	elif grep -q "^E: Release file for .*/dists/$1/InRelease is not valid yet" "$work/apt.log"; then
		echo "is of a later day than $(date +%F), which this machine's clock says"
	elif grep -q "^E: The repository '.* $1 Release' does not have a Release file" "$work/apt.log"; then
		echo "has no $1"
	elif ! grep -q " $1 " "$apt/sources.list"; then
		echo "has no list of $1 that is what is signed"
	else
		echo "cannot be reached"
	fi
}

# apt_age SUITES: a suite that is past the day until which it is said to be valid is taken
# all the same: what it lists is signed, by hash. All snapshots are past it, and a mirror is
# when it lags. What could be withheld are updates; nothing of it goes to the host.
apt_age() {
	local uri suite list until old=()

	while read -r uri suite; do
		list=$(compgen -G "$apt/lists/*_dists_${suite}_InRelease") || continue
		until=$(sed -n 's/^Valid-Until: //p' "$list")
		[ -z "$until" ] || [ "$(date -d "$until" +%s)" -ge "$(date +%s)" ] ||
			old+=("$suite is of $(date -u -d "$(sed -n 's/^Date: //p' "$list")" +%F)")
	done < <(archive_suites "$1")
	[ ${#old[@]} -eq 0 ] || say "past its time, and taken: the archive's $(printf '%s, ' "${old[@]}" | sed 's/, $//')"
}

# apt_archives ARCH: those whose list of ARCH was fetched, and so verified
apt_archives() { sed -nE "s/ arch=([^]]*,)?$1(,[^]]*)?]/ arch=$1]/p" "$apt/sources.list"; }

# apt_bootstrap SUITE ARCH DIR PACKAGE...: a root file system, by mmdebstrap, which keeps its
# lists of the archive. apt runs as who calls it, as the folder with the keys is not for others.
apt_bootstrap() {
	local packages

	packages=$(IFS=,; echo "${*:4}")
	say "making $apt_what: a minute or two"
	sed -n '/^Acquire::/p' "$COHBUF_ARCHIVE_SETTINGS/apt.conf" > "$work/acquire.conf"
	printf '%s;\n' 'Acquire::Languages "none"' 'Acquire::Check-Valid-Until "false"' 'APT::Sandbox::User "root"' >> "$work/acquire.conf"
	apt_archives "$2" | env -u APT_CONFIG mmdebstrap --architectures="$2" --variant=minbase --skip=cleanup/apt/lists \
		--keyring="$apt_keys" --aptopt="$work/acquire.conf" --include="$packages" "$1" "$3" - > "$work/mmdebstrap.log" 2>&1 || {
		apt_disk_full
		tail -n 15 "$work/mmdebstrap.log" | sed 's/^/  mmdebstrap: /' >&2
		die "$apt_what could not be made; the lines above say why"
	}
	rm "$work/acquire.conf" "$work/mmdebstrap.log"
}

apt_offers() {
	[ -n "$(apt-cache show "$1" 2> /dev/null)" ]
}

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
