# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: demos, to be copied"

require cohbuf.inc
LICENSE = "0BSD & LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://COPYING.0BSD;md5=72d3e2cbf5ea0b8b01c67eb093fef379 file://COPYING.LIB;md5=4fbd65380cdd255951079008b364516c"

B = "${S}/app"

EXTRA_OEMAKE = "'CC=${CC}' 'AR=${AR}' 'CPPFLAGS=${CPPFLAGS}' 'CFLAGS=${CFLAGS}' 'LDFLAGS=${LDFLAGS}'"

do_compile() {
	oe_runmake demos
}

do_install() {
	oe_runmake install-demos DESTDIR=${D} PREFIX=${prefix}
}

FILES:${PN} += "${libexecdir}/cohbuf-demos"
RRECOMMENDS:${PN} = "kernel-module-cohbuf"
