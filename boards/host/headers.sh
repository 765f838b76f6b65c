# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after apt-root.sh, by what fetches the headers of a Debian kernel.
#
#	apt_arches ARCH			what apt_root has to know of
#	depends PACKAGE PREFIX		the one dependency whose name starts so
#	headers_packages ARCH RELEASE	sets headers, kbuild, and packages to fetch
#	headers_unpack			of $debs, into $work/root
#
# shellcheck disable=SC2154 # host_arch, work, debs, dir: of apt-root.sh

# apt_arches ARCH: Debian's amd64 modpost has 64-bit table sizes built in and refuses
# the tables of a 32-bit module. The i386 build of the same package has the right ones.
apt_arches() { echo "$1"; [ "$1" != armhf ] || echo i386; }

depends() {
	apt-cache show --no-all-versions "$1" | sed -n 's/^Depends: //p' | tr ',|' '\n' |
		awk -v prefix="$2" 'index($1, prefix) == 1 { print $1; exit }'
}

# Newer packages are below /usr only, older ones in /lib.
unpack_into() {
	mkdir -p "$1/usr/lib"
	ln -s usr/lib "$1/lib"
}

headers_packages() {
	local arch=$1 common version

	headers=linux-headers-$2
	common=$(depends "$headers:$arch" linux-headers-)
	kbuild=$(depends "$headers:$arch" linux-kbuild-)

	# The host's tools in the version of the headers, whatever else is on offer.
	version=$(apt-cache show --no-all-versions "$headers:$arch" | sed -n 's/^Version: //p')
	packages=("$headers:$arch" "$common=$version" "$kbuild:$host_arch=$version")
	[ "$arch" != armhf ] || packages+=("$kbuild:i386=$version" libc6:i386)
}

headers_unpack() {
	local deb modpost

	unpack_into "$work/root"
	case " ${packages[*]} " in *:i386*) unpack_into "$work/root/i386" ;; esac
	for deb in "$debs"/*.deb; do
		case $deb in
		*_i386.deb)	dpkg -x "$deb" "$work/root/i386" ;;
		*)		dpkg -x "$deb" "$work/root" ;;
		esac
	done

	sed -i "s|/usr/src/|$dir/root/usr/src/|g" "$work/root/usr/src/$headers/Makefile"
	if [ -d "$work/root/i386" ]; then
		modpost=usr/lib/$kbuild/scripts/mod/modpost
		cat > "$work/root/$modpost" <<-WRAPPER
			#!/bin/sh
			root=$dir/root/i386
			exec "\$root/lib/ld-linux.so.2" --library-path "\$root/lib/i386-linux-gnu" \\
				"\$root/$(dirname "$modpost")/modpost.real-lsb-32" "\$@"
		WRAPPER
	fi
	# With one, kbuild wants pahole, to put type information into modules.
	rm -f "$work/root/usr/src/$headers/vmlinux"
	ln -s "root/usr/src/$headers" "$work/headers"
}
