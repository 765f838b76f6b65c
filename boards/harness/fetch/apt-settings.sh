# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh and archive.sh, by what lets apt fetch packages: an apt that has
# nothing of the host's but the way to the archive.
#
#	archive_settings FOLDER [SEEN_AS]	what apt has to know for that, out of the host's
#					/etc and /usr, into FOLDER; SEEN_AS is its path where apt
#					will run, for COHBUF_ARCHIVE_SETTINGS there
#	apt_private FOLDER ARCH...	a root for apt in FOLDER/apt; sets and exports APT_CONFIG
#
# Environment: COHBUF_ARCHIVE and COHBUF_ARCHIVE_SECURITY of archive_find, ARCHIVE_KEYS of
# archive.sh; KEYRING is a file with the archive's keys, instead of the host's.
#
# shellcheck disable=SC2154 # debian_release, archive_here: of archive.sh

# archive_settings FOLDER [SEEN_AS]: the keys, and what the host's apt is told about how to
# reach archives: proxies, certificates and passwords, so the folder is for its owner only.
archive_settings() {
	local folder=$1 seen=${2:-$1} name value proxy detect='' ca_default=/etc/ssl/certs/ca-certificates.crt ca='' files=0

	rm -rf "$folder"
	mkdir -p "$folder/auth" "$folder/keys"
	chmod 700 "$folder"
	cp "${ARCHIVE_KEYS:-$archive_here/archive-keys}" "$folder/fingerprints" ||
		die "there is no ${ARCHIVE_KEYS:-$archive_here/archive-keys}: ARCHIVE_KEYS is a file of fingerprints"

	while read -r name value; do
		value=${value#\"} value=${value%\";}
		case $name in
		*::CaInfo | *::SslCert | *::SslKey | *::CrlFile)
			[ "$name" != Acquire::https::CaInfo ] || ca=yes
			[ -r "$value" ] || continue
			files=$((files + 1))
			cp "$value" "$folder/$files-${value##*/}"
			value=$seen/$files-${value##*/} ;;
		*::Proxy-Auto-Detect | *::ProxyAutoDetect)
			detect=$value
			continue ;;
		esac
		printf '%s "%s";\n' "$name" "$value"
	done < <(apt-config dump --no-empty | grep -E '^Acquire::(https?|ForceIPv[46])(::| )') > "$folder/apt.conf"

	# What finds the proxy is a program of the host.
	proxy=$([ -z "$detect" ] || "$detect" "$COHBUF_ARCHIVE" 2> /dev/null | head -n 1)
	case $proxy in http*)	printf 'Acquire::http::Proxy "%s";\n' "$proxy" >> "$folder/apt.conf" ;; esac
	case $COHBUF_ARCHIVE$COHBUF_ARCHIVE_SECURITY in *https:*)
		if [ -z "$ca" ] && [ -r "$ca_default" ]; then
			cp "$ca_default" "$folder/"
			printf 'Acquire::https::CaInfo "%s";\n' "$seen/${ca_default##*/}" >> "$folder/apt.conf"
		fi ;;
	esac

	while read -r value; do
		[ ! -r "$value" ] || cp "$value" "$folder/auth/$(basename "$value" .conf).conf"
	done < <(archive_passwords)
	printf '%s "%s";\n' Dir::Etc::netrc "$seen/auth/none" Dir::Etc::netrcparts "$seen/auth" \
		Dir::Etc::trusted "$seen/keys/none" Dir::Etc::trustedparts "$seen/keys" >> "$folder/apt.conf"
	chmod -R go= "$folder"

	archive_keyring "$folder/keys"
}

# archive_passwords: the host's files that have them
archive_passwords() {
	local netrc='' netrcparts=''

	eval "$(apt-config shell netrc Dir::Etc::netrc/f netrcparts Dir::Etc::netrcparts/d)"
	[ ! -f "$netrc" ] || echo "$netrc"
	compgen -G "$netrcparts/*.conf" || true
}

# archive_keyring FOLDER: the archive's keys. Only those whose fingerprint is known count,
# so it does not matter who gives them: on a host that has none it is the archive itself.
archive_keyring() {
	local folder=$1 keyring=${KEYRING:-} file

	if [ -n "$keyring" ]; then
		[ -r "$keyring" ] || die "there is no $keyring: KEYRING is a file with the keys of Debian's archive"
	else
		for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
			[ ! -r "$file" ] || { keyring=$file; break; }
		done
	fi
	[ -n "$keyring" ] || { archive_keyring_of_archive "$folder"; return; }
	# apt goes by the name.
	if grep -q -m 1 -- '-----BEGIN PGP' "$keyring"; then file=keys.asc; else file=keys.gpg; fi
	cp "$keyring" "$folder/$file"
	chmod 600 "$folder/$file"
}

# archive_keyring_of_archive FOLDER
archive_keyring_of_archive() (
	try=$(mktemp -d)
	trap 'rm -rf "$try"' EXIT
	say "this machine does not have the archive's keys: taking them from there, by their fingerprints"
	apt_private "$try"
	echo "deb [trusted=yes] $COHBUF_ARCHIVE $debian_release main" > "$try/apt/sources.list"
	{ apt-get -qq update && cd "$try" && apt-get -qq download debian-archive-keyring &&
		dpkg-deb --extract "$try"/debian-archive-keyring_*.deb "$try/root"; } > "$try/apt.log" 2>&1 || {
		[ "${V:-0}" = 0 ] || sed 's/^/  apt: /' "$try/apt.log" >&2
		die "the archive at $COHBUF_ARCHIVE gives no keys, or cannot be reached:" \
			"name another with MIRROR=URI, or a file of keys with KEYRING=FILE"
	}
	cp "$(compgen -G "$try/root/usr/share/keyrings/debian-archive-keyring.[gp][pg][gp]" | head -n 1)" "$1/keys.gpg"
)

# apt_private FOLDER ARCH...: the host keeps its packages, its architectures and its settings
apt_private() {
	local apt=$1/apt

	shift
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	: > "$apt/status"
	{
		[ -z "${COHBUF_ARCHIVE_SETTINGS:-}" ] || cat "$COHBUF_ARCHIVE_SETTINGS/apt.conf"
		cat <<-CONF
			APT::Architecture "$(dpkg --print-architecture)";
			#clear APT::Architectures;
			APT::Architectures { $(printf '"%s"; ' "$(dpkg --print-architecture)" "$@")};
			APT::Sandbox::User "";
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::sourcelist "$apt/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::State "$apt";
			Dir::State::lists "$apt/lists";
			Dir::State::status "$apt/status";
			Dir::Cache "$apt/cache";
			Acquire::Languages "none";
			Acquire::Retries "3";
			// Said instead: see apt_age.
			Acquire::Check-Valid-Until "false";
		CONF
	} > "$apt/apt.conf"
	export APT_CONFIG=$apt/apt.conf
}
