# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by tests of what fetches packages: makes Debian archives in a folder, signed
# by keys of its own, and breaks them in the ways that archives are broken in.
#
#	made_begin FOLDER		a key "archive"; exports KEYRING and ARCHIVE_KEYS, so
#					that what is signed by it is believed. First of all
#	made_deb ARCHIVE SUITE NAME VERSION ARCH [DEPENDS [FILES]]
#					a package, with what is in the folder FILES;
#					$made_fields are more lines for its control file
#	made_archive ARCHIVE SUITE...	indexes of the packages, and signs them: MIRROR=file:ARCHIVE
#	made_suite ARCHIVE SUITE [KEY [DATE [VALID_UNTIL]]]
#					the same for one suite; dates as date(1) has them
#	made_key NAME			one more key; prints its fingerprint
#	made_keyring NAME... > FILE	their public halves
#	made_end			ends the agent that holds the keys
#
# and, of an archive that is made:
#	break_index ARCHIVE SUITE ARCH	it does not match what was signed
#	break_lose ARCHIVE SUITE NAME	the package's files are gone, the index has them
#
# Packages are in ARCHIVE/pool/SUITE; every index has the packages of "all".

# The architectures that an archive has indexes of.
made_arches=$(printf '%s\n' amd64 arm64 armhf riscv64 "$(dpkg --print-architecture)" | sort -u | paste -sd' ')
made_fields=''

made_begin() {
	made_folder=$1
	# Not in the folder: the path of the agent's socket has 107 characters at most.
	GNUPGHOME=$(mktemp -d)
	printf '%s\n' batch quiet 'trust-model always' > "$GNUPGHOME/gpg.conf"
	export GNUPGHOME KEYRING=$made_folder/keyring.gpg ARCHIVE_KEYS=$made_folder/archive-keys
	mkdir -p "$made_folder"
	printf '%s made by a test\n' "$(made_key archive)" > "$ARCHIVE_KEYS"
	made_keyring archive > "$KEYRING"
}

made_end() {
	gpgconf --kill gpg-agent
	rm -rf "$GNUPGHOME"
}

made_key() {
	gpg --passphrase '' --quick-generate-key "$1 <$1@example.org>" ed25519 sign never 2> /dev/null
	gpg --with-colons --list-keys "=$1 <$1@example.org>" | awk -F: '/^fp/ { print $10; exit }'
}

made_keyring() {
	local name

	for name; do
		gpg --export "=$name <$name@example.org>"
	done
}

made_deb() {
	local pool=$1/pool/$2 name=$3 version=$4 arch=$5 depends=${6:-} files=${7:-} tree

	tree=$(mktemp -d "$made_folder/deb.XXXXXX")
	[ -z "$files" ] || cp -a "$files/." "$tree/"
	mkdir -p "$tree/DEBIAN" "$pool"
	chmod 755 "$tree"
	{
		printf '%s\n' "Package: $name" "Version: $version" "Architecture: $arch" \
			'Maintainer: a test <test@example.org>' 'Description: made by a test' \
			"Installed-Size: $(du -sk --apparent-size "$tree" | cut -f 1)"
		[ -z "$depends" ] || echo "Depends: $depends"
		[ -z "$made_fields" ] || printf '%s\n' "$made_fields"
	} > "$tree/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone --build "$tree" "$pool" > /dev/null
	rm -rf "$tree"
}

made_archive() {
	local archive=$1 suite

	shift
	for suite; do
		made_suite "$archive" "$suite"
	done
}

made_suite() {
	local archive=$1 suite=$2 key=${3:-archive} date=${4:-now} until=${5:-} dists=$1/dists/$2 arch index not=()

	# Taken only where it is asked for, as Debian's.
	[[ $suite != *-backports ]] || not=(-o APT::FTPArchive::Release::NotAutomatic=yes -o APT::FTPArchive::Release::ButAutomaticUpgrades=yes)
	mkdir -p "$archive/pool/$suite"
	rm -rf "$dists"
	for arch in $made_arches; do
		index=$dists/main/binary-$arch
		mkdir -p "$index"
		( cd "$archive" && apt-ftparchive --arch "$arch" packages "pool/$suite" ) > "$index/Packages"
		xz -1 --keep "$index/Packages"
	done
	# The tool takes no date; the fields that it makes are as they should be.
	apt-ftparchive -o APT::FTPArchive::Release::Origin=Debian -o APT::FTPArchive::Release::Label=Debian \
		-o APT::FTPArchive::Release::Suite="$suite" -o APT::FTPArchive::Release::Codename="$suite" \
		-o APT::FTPArchive::Release::Architectures="all $made_arches" \
		-o APT::FTPArchive::Release::Components=main "${not[@]}" release "$dists" > "$archive/Release"
	sed -i "s/^Date: .*/Date: $(made_date "$date")${until:+\nValid-Until: $(made_date "$until")}/" "$archive/Release"
	gpg --local-user "=$key <$key@example.org>" --clearsign \
		--output "$dists/InRelease" "$archive/Release"
	# What is signed has both; what is there is the packed one, as in Debian's.
	rm "$archive/Release" "$dists"/main/*/Packages
}

made_date() { LC_ALL=C date -u -d "$1" '+%a, %d %b %Y %H:%M:%S UTC'; }

break_index() { echo 'not what was signed' | xz >> "$1/dists/$2/main/binary-$3/Packages.xz"; }

break_lose() { rm "$1/pool/$2/$3"_*.deb; }
