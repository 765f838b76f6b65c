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
#	cache_end			DIR is complete
# and what debs.sh has: apt_fetch, apt_fetch_all, debs_unpack, source_unpack.
#
# COHBUF_CACHE is where the cache is for people, who see it from outside of the root.
# In between the work is done in $work, which becomes DIR.

apt_root_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=boards/harness/fetch/archive.sh
. "$apt_root_here/archive.sh"
# shellcheck source=boards/harness/fetch/apt-settings.sh
. "$apt_root_here/apt-settings.sh"
# shellcheck source=boards/harness/fetch/progress.sh
. "$apt_root_here/progress.sh"
# shellcheck source=boards/harness/fetch/debs.sh
. "$apt_root_here/debs.sh"

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
