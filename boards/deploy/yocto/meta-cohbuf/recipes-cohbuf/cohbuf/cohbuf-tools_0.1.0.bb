# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: the tool and the test app"

require cohbuf.inc
inherit useradd bash-completion

B = "${S}/app"

EXTRA_OEMAKE = "'CC=${CC}' 'CPPFLAGS=${CPPFLAGS}' 'CFLAGS=${CFLAGS}' 'LDFLAGS=${LDFLAGS}'"

do_install() {
	oe_runmake install install-system DESTDIR=${D} PREFIX=${prefix}
}

# That of the udev rule. On an image with systemd, sysusers finds it there already.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system cohbuf"
FILES:${PN} += "${nonarch_libdir}/sysusers.d"

RRECOMMENDS:${PN} = "kernel-module-cohbuf"
