# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after apt-root.sh, by what fetches the packages of a Debian kernel: which
# ones, so that image, headers, tools and source are of one version. Each architecture
# of the archive is built at a pace of its own, so the newest image may have no tools
# yet for the machine that builds its modules.
#
# A set is lines of PACKAGE ARCHITECTURE VERSION SHA256, between blanks. The sets that
# the project was tested with are in boards/kernels/lock.
#
#	lock_set PACKAGE ARCH SUITE	prints the set of the lock, all of it; or nothing
#	lock_version PACKAGE ARCH SUITE	prints the version of that kernel
# and, after apt_root,
#	kernel_set PACKAGE ARCH SUITE RELEASE
#				sets $release, and $set, which is that of the lock, or,
#				where the archive has gone on, one that is chosen anew
#	headers_set ARCH RELEASE	the same, for the headers of one kernel
#	set_add PACKAGE ARCH [VERSION]	adds one to $set, of any version that the lock has
#	set_package PREFIX		prints the first package of $set whose name begins so
#	set_fetch PREFIX...		those of $set whose names begin so, into $debs
#
# Environment: KERNEL_LOCK, another lock.
#
# shellcheck disable=SC2034,SC2154 # release, set: for who sources this; work, debs, host_arch, codename: of apt-root.sh

kernel_set_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
kernel_lock=${KERNEL_LOCK:-$kernel_set_here/../../kernels/lock}
set=''

# suite_name SUITES: the code name of what apt_root calls so
suite_name() {
	case $1 in
	release)	echo "$codename" ;;
	backports)	echo "$codename-backports" ;;
	*)		echo "$1" ;;
	esac
}

lock_set() {
	awk -v kernel="$1" -v arch="$2" -v suite="$3" '
		/^[^#\t]/ { on = $1 == kernel && $2 == arch && $3 == suite }
		/^\t/ && on { print $1, $2, $3, $4 }' "$kernel_lock"
}

lock_version() {
	awk -v kernel="$1" -v arch="$2" -v suite="$3" \
		'/^[^#\t]/ && $1 == kernel && $2 == arch && $3 == suite { print $4 }' "$kernel_lock"
}

# offers: what kernel-set.awk reads, of the indexes that apt has verified, once. A
# version of Debian's is one of sort's.
offers() {
	local suite uri index

	[ -e "$work/apt/offers" ] || {
		# shellcheck disable=SC2016 # apt's own format
		apt-get indextargets --format '$(RELEASE) $(REPO_URI) $(FILENAME)' 'Created-By: Packages' | sort -u |
			while read -r suite uri index; do
				/usr/lib/apt/apt-helper cat-file "$index" | awk -v suite="$suite" -v uri="${uri%/}" '
					BEGIN { RS = ""; FS = "\n"; OFS = "\t" }
					/^Package: (linux-(image|headers|kbuild|binary|modules|base|source)-|busybox-static\n)/ {
						for (field in value) delete value[field]
						for (i = 1; i <= NF; i++) {
							field = text = $i
							sub(/:.*/, "", field)
							sub(/^[^:]*: */, "", text)
							value[field] = text
						}
						print suite, value["Architecture"], value["Package"], value["Version"], value["SHA256"], value["Depends"], uri "/" value["Filename"]
					}'
			done | LC_ALL=C sort -t $'\t' -u | LC_ALL=C sort -t $'\t' -s -k 4,4rV > "$work/apt/offers"
	}
	cat "$work/apt/offers"
}

# choose VARIABLE=VALUE...: of kernel-set.awk; sets $set, $version and $release
choose() {
	local variable variables=() kind first rest said=''

	for variable; do
		variables+=(-v "$variable")
	done
	set='' version=''
	offers > /dev/null
	while IFS=$'\t' read -r kind first rest; do
		case $kind in
		say)		said=$first ;;
		die)		die "$first${hint:+: $hint}" ;;
		version)	version=$first release=$rest ;;
		take)		set+="$first ${rest//$'\t'/ }"$'\n' ;;
		esac
	done < <(awk "${variables[@]}" -f "$kernel_set_here/kernel-set.awk" "$work/apt/offers")
	[ -n "$version" ] || die "no set of packages could be chosen: $*"
	[ -z "$said" ] || say "$said"
}

# not_offered SET: the first of it that the archive has not, and nothing where it has all
not_offered() {
	awk 'BEGIN { FS = "\t" }
		NR == FNR && !NF { next }
		NR == FNR { split($0, part, " "); wanted[++n] = part[1] " " part[3] " for " part[2]; next }
		{ has[$3 " " $4 " for " $2] = 1 }
		END { for (i = 1; i <= n; i++) if (!(wanted[i] in has)) { print wanted[i]; exit } }' \
		<(printf '%s' "$1") "$work/apt/offers"
}

# for_this_host: of a set's tools, those of this machine and of the kernel's own
for_this_host() {
	awk -v host="$host_arch" -v arch="$1" \
		'!/^linux-kbuild-/ || $2 == host || ($2 == arch && arch == "armhf" && host != "armhf")'
}

kernel_set() {
	local package=$1 arch=$2 wanted=$4 suite gone='' version image kbuild line hint

	suite=$(suite_name "$3")
	hint='see BOARD_KERNEL_PACKAGE in the board.mk, or the kernel'\''s .mk in boards/kernels'
	set=$(lock_set "$package" "$arch" "$suite" | for_this_host "$arch")$'\n'
	version=$(lock_version "$package" "$arch" "$suite")
	offers > /dev/null
	if [ -n "$version" ]; then
		image=$(set_package linux-image-)
		release=${image#linux-image-}
		# For a machine that the lock does not know: of the same version.
		kbuild=$(set_package linux-kbuild-)
		case $'\n'$set in
		*$'\n'linux-kbuild-*" $host_arch "*) ;;
		*)	kbuild=$(awk -v suite="$suite" '/^linux-kbuild-/ { print $1; exit }' <(lock_set "$package" "$arch" "$suite"))
			line=$(awk -F '\t' -v package="$kbuild" -v arch="$host_arch" -v version="$version" \
				'$3 == package && $2 == arch && $4 == version { print $3, $2, $4, $5; exit }' "$work/apt/offers")
			set+=${line:-$kbuild $host_arch $version -}$'\n' ;;
		esac
		gone=$(not_offered "$set")
		[ -n "$gone" ] || return 0
	fi
	choose "package=$package" "arch=$arch" "suite=$suite" "release=$wanted" "hosts=$host_arch"
	if [ -n "$gone" ]; then
		say "the archive has no $gone, which boards/kernels/lock names: taking $version (make update-kernels changes the lock)"
	else
		say "boards/kernels/lock does not name $package of $suite for $arch: taking $version"
	fi
}

headers_set() {
	local version hint='give those of the board'\''s own system with KERNEL_SRC='

	choose "headers=linux-headers-$2" "arch=$1" "hosts=$host_arch"
}

set_add() {
	local package=$1 arch=$2 version=${3:-} line named has

	offers > /dev/null
	named=$(awk -v package="$package" -v arch="$arch" -v version="$version" \
		'/^\t/ && $1 == package && $2 == arch && (!version || $3 == version) { print $1, $2, $3, $4 }' "$kernel_lock" |
		LC_ALL=C sort -k 3,3rV -u)
	while read -r line; do
		[ -z "$line" ] || [ -n "$(not_offered "$line")" ] || { set+=$line$'\n'; return; }
	done <<< "$named"

	line=$(awk -F '\t' -v package="$package" -v arch="$arch" -v version="$version" '
		$3 == package && $2 == arch && (!line || $4 == version) { line = $3 " " $2 " " $4 " " $5 }
		END { print line }' "$work/apt/offers")
	[ -n "$line" ] || die "the archive of $codename does not offer $package for $arch"
	set+=$line$'\n'
	read -r _ _ has _ <<< "$line"
	if [ -n "$named" ]; then
		read -r _ _ version _ <<< "$named"
		say "the archive has no $package $version for $arch, which boards/kernels/lock names: taking $has (make update-kernels changes the lock)"
	elif [ -n "$version" ] && [ "$has" != "$version" ]; then
		say "the archive has no $package $version: taking $has"
	fi
}

set_package() {
	awk -v prefix="$1" 'index($1, prefix) == 1 { print $1; exit }' <<< "$set"
}

set_fetch() {
	local prefix package arch version sha file is pinned=() sums=()

	while read -r package arch version sha; do
		for prefix; do
			[[ $package == "$prefix"* ]] || continue
			file=$debs/${package}_${version//:/%3a}_$arch.deb
			[ "$arch" = all ] || package+=:$arch
			pinned+=("$package=$version")
			sums+=("$sha $file")
			break
		done
	done <<< "$set"
	apt_fetch "${pinned[@]}"
	# apt has compared what it fetched with the archive's index; this is ours.
	for file in "${sums[@]}"; do
		read -r sha file <<< "$file"
		read -r is _ < <(sha256sum "$file")
		[ "$is" = "$sha" ] ||
			die "${file##*/} of the archive is not the one that boards/kernels/lock names (SHA256 $is): if that is known to be right, run make update-kernels"
	done
}
