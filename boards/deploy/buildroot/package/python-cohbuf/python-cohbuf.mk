# SPDX-License-Identifier: GPL-2.0-only
################################################################################
#
# python-cohbuf
#
################################################################################

PYTHON_COHBUF_VERSION = $(COHBUF_TREE_VERSION)
PYTHON_COHBUF_SITE = $(COHBUF_TREE_SITE)
PYTHON_COHBUF_SITE_METHOD = local
PYTHON_COHBUF_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = $(COHBUF_TREE_EXCLUSIONS)
PYTHON_COHBUF_LICENSE = LGPL-2.1+
PYTHON_COHBUF_LICENSE_FILES = COPYING.LIB
PYTHON_COHBUF_DEPENDENCIES = libcohbuf python3

define PYTHON_COHBUF_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D)/app \
		DESTDIR=$(TARGET_DIR) PREFIX=/usr \
		PYTHON_FOLDER=lib/python$(PYTHON3_VERSION_MAJOR)/site-packages install-python
endef

$(eval $(generic-package))
