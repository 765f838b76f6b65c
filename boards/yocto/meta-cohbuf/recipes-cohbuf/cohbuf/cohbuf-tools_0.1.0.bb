# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: the tool and the test app"

require cohbuf.inc

B = "${S}/app"

EXTRA_OEMAKE = "'CC=${CC}' 'CPPFLAGS=${CPPFLAGS}' 'CFLAGS=${CFLAGS}' 'LDFLAGS=${LDFLAGS}'"

do_install() {
	oe_runmake install DESTDIR=${D} PREFIX=${prefix}
}

RRECOMMENDS:${PN} = "kernel-module-cohbuf"
