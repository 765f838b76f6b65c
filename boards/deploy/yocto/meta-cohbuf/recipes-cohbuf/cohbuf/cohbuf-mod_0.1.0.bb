# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "DMA buffers for user space, one per devicetree node: the driver"

require cohbuf.inc
inherit module

B = "${S}/driver"

# The module itself is in kernel-module-cohbuf-<kernel>, which this package, empty
# otherwise, depends on. So one name serves with any kernel. Where the kernel has configfs
# there is kernel-module-cohbuf-configfs-<kernel> as well.
RPROVIDES:${PN} += "kernel-module-cohbuf"

# udev loads it by the nodes of the devicetree; this is for images without udev.
KERNEL_MODULE_AUTOLOAD += "cohbuf"
