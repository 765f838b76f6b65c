# SPDX-License-Identifier: GPL-2.0-only
################################################################################
#
# libcohbuf
#
################################################################################

LIBCOHBUF_VERSION = $(COHBUF_TREE_VERSION)
LIBCOHBUF_SITE = $(COHBUF_TREE_SITE)
LIBCOHBUF_SITE_METHOD = local
LIBCOHBUF_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = $(COHBUF_TREE_EXCLUSIONS)
LIBCOHBUF_LICENSE = LGPL-2.1+
LIBCOHBUF_LICENSE_FILES = COPYING.LIB
LIBCOHBUF_INSTALL_STAGING = YES

define LIBCOHBUF_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)/app library
endef

define LIBCOHBUF_INSTALL_STAGING_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)/app \
		DESTDIR=$(STAGING_DIR) PREFIX=/usr install-header install-library
endef

# Buildroot takes headers, the static library and pkg-config's file out of the
# target when it makes the image.
define LIBCOHBUF_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)/app \
		DESTDIR=$(TARGET_DIR) PREFIX=/usr install-library
endef

$(eval $(generic-package))
