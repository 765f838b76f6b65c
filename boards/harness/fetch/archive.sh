# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, by what needs Debian's archive, on a host of any kind: which
# archive that is, and whose signature on it is believed.
#
#	archive_find			sets and exports COHBUF_ARCHIVE and
#					COHBUF_ARCHIVE_SECURITY, URIs; the second may be empty
#	archive_sources SUITES		lines for a sources.list
#
# Environment: MIRROR="URI [SECURITY_URI]" is the archive, instead of the one that the
# host's apt knows; ARCHIVE_KEYS is a file of fingerprints, instead of archive-keys;
# COHBUF_ARCHIVE_SETTINGS is a folder of apt-settings.sh, which has a copy of them.

# The release that all tools and libraries are of, and the kernels that no suite is named for.
debian_release=bookworm

archive_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

archive_find() {
	local archive security rest=''

	if [ -z "${COHBUF_ARCHIVE:-}" ]; then
		if [ -n "${MIRROR:-}" ]; then
			read -r archive security rest <<< "$MIRROR"
			for uri in "$archive" $security; do
				[[ $uri =~ ^(https?|file|copy):/ ]] ||
					die "MIRROR: '$uri' is no URI of an archive: it begins with http://, https:// or file:/"
			done
			[ -z "$rest" ] || die "MIRROR: '$rest' is too much: it is one URI, or two, the second of the security archive"
		else
			{ read -r archive && read -r security; } < <(archives_of_host)
			[ -n "$archive" ] ||
				die "apt on this machine names no archive of Debian: name one with MIRROR=URI, as in MIRROR=http://HOST/debian"
		fi
		archive=${archive%/}
		COHBUF_ARCHIVE=$archive COHBUF_ARCHIVE_SECURITY=${security:-$(archive_beside "$archive")}
	fi
	export COHBUF_ARCHIVE COHBUF_ARCHIVE_SECURITY=${COHBUF_ARCHIVE_SECURITY:-}
}

# archive_beside URI: where the security archive is, if it is beside; of a snapshot, too.
# Whether there is one there, and whether it is Debian's, is seen when it is asked.
archive_beside() {
	local beside

	beside=$(sed -E 's,/debian(/|$),/debian-security\1,' <<< "$1")
	[ "$beside" != "$1" ] || beside=$1-security
	case $beside in
	# No need to ask.
	file:* | copy:*)	[ -d "$(sed 's,^[a-z]*:/*,/,; s,%20, ,g' <<< "$beside")" ] || return 0 ;;
	esac
	echo "$beside"
}

# archives_of_host: two lines, the archive and its security archive, either may be empty.
# What counts is the URI: it has the other suites as well. Others than Debian use its code
# names. apt knows the origin once it has fetched the lists, which it may not have; an
# archive that is called debian comes before others.
archives_of_host() {
	# shellcheck disable=SC2016 # apt's own format
	local format='$(REPO_URI)\t$(RELEASE)\t$(ORIGIN)'
	# As root it would keep what it read, among the host's files.
	local -a asked=(apt-get indextargets -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)

	{
		"${asked[@]}" --format "${format//\\t/$'\t'}" 'Created-By: Packages' 'Component: main'
		"${asked[@]}" --no-release-info --format "${format//\\t/$'\t'}" 'Created-By: Packages' 'Component: main'
	} 2> /dev/null | awk -F '\t' '
		BEGIN { names = "(bullseye|bookworm|trixie|forky|duke|sid|(old)*stable|testing|unstable)" }
		# Where a list of mirrors is kept, there is the first of them.
		$1 ~ /^mirror\+file:/ {
			file = $1; uri = ""
			sub(/^mirror\+file:\/*/, "/", file); sub(/\/$/, "", file)
			while (uri == "" && (getline line < file) > 0)
				if (split(line, word, /[ \t]+/) && word[1] ~ /^(https?|file|copy):/) uri = word[1]
			close(file)
			$1 = uri
		}
		$1 !~ /^(https?|file|copy|mirror(\+https?)?):/ { next }
		{ sub(/\/+$/, "", $1); gsub(/ /, "%20", $1) }
		# Not known yet, or not to apt.
		$3 != "" && $3 !~ /^\$/ { origin[$1] = $3 }
		$2 ~ "^" names "(-security|/updates)$" { if (!(("s", $1) in seen)) security[++s] = $1; seen["s", $1]; next }
		$2 ~ "^" names "(-updates|-backports)?$" { if (!(("a", $1) in seen)) archive[++a] = $1; seen["a", $1] }
		function best(of, n, name,    i, rank, at, best_rank) {
			for (i = 1; i <= n; i++) {
				rank = origin[of[i]] == "Debian" ? 3 : origin[of[i]] != "" ? 0 : of[i] ~ "/" name "(/|$)" ? 2 : 1
				if (rank > best_rank) { best_rank = rank; at = i }
			}
			return at ? of[at] : ""
		}
		END { print best(archive, a, "debian"); print best(security, s, "debian-security") }'
}

# archive_sources SUITES: lines for a sources.list, the one that must be there first. SUITES
# is "release", which has what comes with it as updates; or "backports", of the same; or the
# code name of any suite. Backports need the release that they are for.
archive_sources() {
	local signed

	signed=$(archive_signers)
	[ -n "$signed" ] || die "no line of ${ARCHIVE_KEYS:-$archive_here/archive-keys} begins with the fingerprint of a key"
	archive_suites "$1" | while read -r uri suite; do
		echo "deb [signed-by=$signed] $uri $suite main"
	done
}

archive_signers() {
	local keys=${ARCHIVE_KEYS:-$archive_here/archive-keys}

	[ -z "${COHBUF_ARCHIVE_SETTINGS:-}" ] || keys=$COHBUF_ARCHIVE_SETTINGS/fingerprints
	sed -nE 's/^([0-9A-F]{40})([[:space:]].*)?$/\1/p' "$keys" | paste -sd,
}

archive_suites() {
	case $1 in
	release)	archive_suites "$debian_release" ;;
	backports)	archive_suites "$debian_release-backports" ;;
	*-backports)	echo "$COHBUF_ARCHIVE $1"; archive_suites "${1%-backports}" ;;
	# Never released: what changes, changes in it.
	forky | sid | testing | unstable)	echo "$COHBUF_ARCHIVE $1" ;;
	*)	printf '%s\n' "$COHBUF_ARCHIVE $1" "$COHBUF_ARCHIVE $1-updates"
		[ -z "$COHBUF_ARCHIVE_SECURITY" ] || echo "$COHBUF_ARCHIVE_SECURITY $1-security" ;;
	esac
}
