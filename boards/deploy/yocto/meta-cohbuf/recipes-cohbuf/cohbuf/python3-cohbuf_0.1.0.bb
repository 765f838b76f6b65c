# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: the Python module"

require cohbuf.inc
inherit python3-dir
SECTION = "devel/python"
LICENSE = "LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://COPYING.LIB;md5=4fbd65380cdd255951079008b364516c"

B = "${S}/app"

# It is Python alone: nothing is to be compiled.
do_compile[noexec] = "1"

do_install() {
	oe_runmake install-python DESTDIR=${D} PREFIX=${prefix} PYTHON_FOLDER=${baselib}/${PYTHON_DIR}/site-packages
}

FILES:${PN} += "${PYTHON_SITEPACKAGES_DIR}"
RDEPENDS:${PN} = "libcohbuf python3-core python3-ctypes python3-fcntl python3-io python3-math python3-mmap python3-threading"
RRECOMMENDS:${PN} = "python3-numpy"
