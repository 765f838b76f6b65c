# SPDX-License-Identifier: GPL-2.0-only
################################################################################
#
# cohbuf-overlay
#
################################################################################

COHBUF_OVERLAY_VERSION = $(COHBUF_TREE_VERSION)
COHBUF_OVERLAY_SITE = $(COHBUF_TREE_SITE)
COHBUF_OVERLAY_SITE_METHOD = local
COHBUF_OVERLAY_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = $(COHBUF_TREE_EXCLUSIONS)
COHBUF_OVERLAY_LICENSE = GPL-2.0
COHBUF_OVERLAY_LICENSE_FILES = COPYING
COHBUF_OVERLAY_DEPENDENCIES = host-dtc
COHBUF_OVERLAY_INSTALL_IMAGES = YES
COHBUF_OVERLAY_INSTALL_TARGET = NO

define COHBUF_OVERLAY_BUILD_CMDS
	$(HOST_DIR)/bin/dtc -@ -I dts -O dtb -o $(@D)/cohbuf.dtbo \
		$(@D)/dts/deploy/cohbuf.dtso
endef

ifeq ($(BR2_PACKAGE_RPI_FIRMWARE),y)
define COHBUF_OVERLAY_INSTALL_RPI
	$(INSTALL) -D -m 0644 $(@D)/cohbuf.dtbo \
		$(BINARIES_DIR)/rpi-firmware/overlays/cohbuf.dtbo
endef
endif

define COHBUF_OVERLAY_INSTALL_IMAGES_CMDS
	$(INSTALL) -D -m 0644 $(@D)/cohbuf.dtbo $(BINARIES_DIR)/cohbuf.dtbo
	$(COHBUF_OVERLAY_INSTALL_RPI)
endef

$(eval $(generic-package))
