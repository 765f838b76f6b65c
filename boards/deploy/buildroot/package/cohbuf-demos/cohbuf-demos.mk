# SPDX-License-Identifier: GPL-2.0-only
################################################################################
#
# cohbuf-demos
#
################################################################################

COHBUF_DEMOS_VERSION = $(COHBUF_TREE_VERSION)
COHBUF_DEMOS_SITE = $(COHBUF_TREE_SITE)
COHBUF_DEMOS_SITE_METHOD = local
COHBUF_DEMOS_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = $(COHBUF_TREE_EXCLUSIONS)
COHBUF_DEMOS_LICENSE = 0BSD, LGPL-2.1+
COHBUF_DEMOS_LICENSE_FILES = COPYING.0BSD COPYING.LIB

define COHBUF_DEMOS_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)/app demos
endef

define COHBUF_DEMOS_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)/app \
		DESTDIR=$(TARGET_DIR) PREFIX=/usr install-demos
endef

$(eval $(generic-package))
