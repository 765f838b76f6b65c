# SPDX-License-Identifier: GPL-2.0-only
################################################################################
#
# cohbuf-tools
#
################################################################################

COHBUF_TOOLS_VERSION = $(COHBUF_TREE_VERSION)
COHBUF_TOOLS_SITE = $(COHBUF_TREE_SITE)
COHBUF_TOOLS_SITE_METHOD = local
COHBUF_TOOLS_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = $(COHBUF_TREE_EXCLUSIONS) \
	--exclude=/app/cohbuf --exclude=/app/test_mmap
COHBUF_TOOLS_LICENSE = GPL-2.0, LGPL-2.1+ (library)
COHBUF_TOOLS_LICENSE_FILES = COPYING COPYING.LIB

define COHBUF_TOOLS_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)/app
endef

define COHBUF_TOOLS_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)/app \
		DESTDIR=$(TARGET_DIR) PREFIX=/usr install install-system
endef

# No user, but the group of the udev rule.
define COHBUF_TOOLS_USERS
	- -1 cohbuf -1 - - - - May use the DMA buffers
endef

$(eval $(generic-package))
