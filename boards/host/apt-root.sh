# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, by what fetches Debian packages into the cache.
#
# The packages come through apt, so their signatures are checked, but with a root
# of apt's own: the host keeps its packages and its architectures. The archive is
# the one that the host's apt is configured for.
#
#	cache_begin DIR [FILE]		ends the script where DIR is there already, and
#					no older than FILE
#	apt_root SUITES WHAT ARCH...	WHAT is for people
#	apt_archives ARCH		lines for a sources.list
#	apt_fetch PACKAGE...		into $debs
#	apt_fetch_all PACKAGE...	the same, and all that they need
#	source_unpack SOURCE DIR [ARG...]	of a kernel, from $debs; ARG for tar
#	cache_end			DIR is complete
#
# In between the work is done in $work, which becomes DIR.

# cache_begin DIR [FILE]: one at a time; what is in DIR is complete, or DIR is not there
cache_begin() {
	dir=$1
	mkdir -p "$(dirname "$dir")"
	exec 9>"$dir.lock"
	flock 9
	[ ! -e "$dir/ready" ] || [ "${2:-}" -nt "$dir/ready" ] || exit 0

	work=$dir.partial
	rm -rf "$dir" "$work"
	mkdir -p "$work"
	trap 'rm -rf "$work"' EXIT

	host_arch=$(dpkg --print-architecture)
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
}

cache_end() {
	rm -rf "$work/debs" "$work/apt"
	mv "$work" "$dir"
	trap - EXIT
	touch "$dir/ready"
}

# host_archives [CONDITION]: one line per archive that the host itself uses for this
# release. apt knows of them only once it has fetched its lists.
host_archives() {
	# shellcheck disable=SC2016 # apt's own format
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' "$@" |
		awk -v release="$codename" '$3 == "main" && ($2 == release || index($2, release "-") == 1) {
			print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]", $1, $2, $3 }' |
		sort -u
}

# archives_of SUITES: a sources.list. Another release is beside the host's own, on the
# same archive; backports need the release that they are for.
archives_of() {
	case $1 in
	release | "$codename")	host_archives; return ;;
	backports)		archives_of "$codename-backports"; return ;;
	*-backports)		archives_of "${1%-backports}" ;;
	esac
	host_archives | awk -v release="$codename" -v suite="$1" '$4 == release { $4 = suite; print }' | sort -u
}

# apt_root SUITES WHAT ARCH...: a root for apt; SUITES is "release", which has what
# comes with it as updates; or "backports", of the same; or the code name of any suite
apt_root() {
	local suites=$1 what=$2 arch list suite=''

	shift 2
	apt=$work/apt debs=$work/debs
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$debs"
	: > "$apt/status"

	list=$(host_archives)
	if [ -z "$list" ] && [ "$(id -u)" -eq 0 ]; then
		apt-get -qq update || true
		list=$(host_archives)
	fi
	[ -n "$list" ] ||
		die "apt on this machine offers no 'main' archive of $codename: run apt-get update as root, or see /etc/apt/sources.list"
	archives_of "$suites" > "$apt/sources.list"
	case $suites in
	release)	;;
	backports)	suite=$codename-backports ;;
	*)		suite=$suites ;;
	esac

	cat > "$apt/apt.conf" <<-CONF
		APT::Architecture "$host_arch";
		#clear APT::Architectures;
		APT::Architectures { "$host_arch"; $(for arch; do printf '"%s"; ' "$arch"; done) };
		APT::Sandbox::User "";
		Dir::State "$apt";
		Dir::State::lists "$apt/lists";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt/cache";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Acquire::Languages "none";
		Acquire::Retries "3";
		${suite:+APT::Default-Release "$suite";}
	CONF
	export APT_CONFIG=$apt/apt.conf

	say "fetching $what into ${dir%/*}"
	# An archive whose index does not verify is left out by apt; the others serve.
	apt-get -qq update > "$work/apt.log" 2>&1 || true
	if ! compgen -G "$apt/lists/*InRelease" > /dev/null; then
		[ "${V:-0}" = 0 ] || sed 's/^/  apt: /' "$work/apt.log" >&2
		die "no ${dir##*/} in the cache, and Debian's archive cannot be reached: connect this machine once, or copy ${dir%/*} from one that has it"
	fi
	[ -z "$suite" ] || compgen -G "$apt/lists/*dists_${suite}_*InRelease" > /dev/null ||
		die "the archive that apt on this machine uses has no $suite"
	if grep -q '^E: Failed' "$work/apt.log"; then
		say "apt leaves out what it cannot verify:" \
			"$(sed -nE 's|^E: Failed to fetch [^ ]*/dists/([^ ]*)/Packages.*|\1|p' "$work/apt.log" | paste -sd' ')"
	fi
}

# apt_archives ARCH: those whose index of ARCH was fetched, and so verified
apt_archives() { host_archives "Architecture: $1"; }

apt_offers() {
	[ -n "$(apt-cache show "$1" 2> /dev/null)" ]
}

apt_fetch() { apt_into_debs apt-get -qq download "$@"; }

apt_fetch_all() {
	apt_into_debs apt-get -qq -y --no-install-recommends --download-only \
		-o Dir::Cache::Archives="$debs" install "$@"
}

apt_into_debs() {
	mkdir -p "$debs/partial"
	( cd "$debs" && "$@" ) > "$work/apt.log" 2>&1 || {
		sed 's/^/  apt: /' "$work/apt.log" >&2
		die "a package could not be fetched; the lines above say which. Try again, nothing is half-done"
	}
	rm -rf "$work/apt.log" "$debs/partial" "$debs/lock"
}

# source_unpack SOURCE DIR [ARG...]: what Debian has packed twice
source_unpack() {
	local source=$1 to=$2

	shift 2
	dpkg-deb --fsys-tarfile "$debs/$source"_*.deb | tar -xOf - "./usr/src/$source.tar.xz" |
		tar -xJf - -C "$to" --strip-components=1 "$@"
}
