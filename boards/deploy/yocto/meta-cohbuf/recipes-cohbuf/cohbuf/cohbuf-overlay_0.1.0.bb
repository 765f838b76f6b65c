# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: a devicetree overlay with one buffer"

require cohbuf.inc
inherit devicetree

# The class is made for whole trees of one machine; this fits any, and needs no
# header of the kernel.
PROVIDES = "${PN}"
COMPATIBLE_MACHINE = ".*"
KERNEL_INCLUDE = ""

# The class sets S to where sources are unpacked, by the name that the release has.
S = "${@d.getVar('UNPACKDIR') or d.getVar('WORKDIR')}/${BP}"
DT_FILES_PATH = "${S}/dts/deploy"
