# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: the tool and the test app"

require cohbuf.inc
# The library's parts are linked in.
LICENSE = "GPL-2.0-only & LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://COPYING;md5=b234ee4d69f5fce4486a80fdaf4a4263 file://COPYING.LIB;md5=4fbd65380cdd255951079008b364516c"
inherit useradd bash-completion

B = "${S}/app"

EXTRA_OEMAKE = "'CC=${CC}' 'AR=${AR}' 'CPPFLAGS=${CPPFLAGS}' 'CFLAGS=${CFLAGS}' 'LDFLAGS=${LDFLAGS}'"

do_install() {
	oe_runmake install install-system DESTDIR=${D} PREFIX=${prefix}
}

# That of the udev rule. On an image with systemd, sysusers finds it there already.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system cohbuf"
FILES:${PN} += "${nonarch_libdir}/sysusers.d"

RRECOMMENDS:${PN} = "kernel-module-cohbuf"
