# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space: driver, tools and overlay"

# The module's package depends on the machine's kernel.
PACKAGE_ARCH = "${MACHINE_ARCH}"
inherit packagegroup features_check
REQUIRED_MACHINE_FEATURES = "cohbuf"

RDEPENDS:${PN} = "cohbuf-mod cohbuf-tools cohbuf-overlay"
