# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: the library"

require cohbuf.inc
SECTION = "libs"
LICENSE = "LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://COPYING.LIB;md5=4fbd65380cdd255951079008b364516c"

B = "${S}/app"

EXTRA_OEMAKE = "'CC=${CC}' 'AR=${AR}' 'CPPFLAGS=${CPPFLAGS}' 'CFLAGS=${CFLAGS}' 'LDFLAGS=${LDFLAGS}'"

do_compile() {
	oe_runmake library
}

# Headers, the static library and what pkg-config reads go into the packages that
# bitbake.conf has for them.
do_install() {
	oe_runmake install-header install-library DESTDIR=${D} PREFIX=${prefix} LIBDIR=${baselib}
}
