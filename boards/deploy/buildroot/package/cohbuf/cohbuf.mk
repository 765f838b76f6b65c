# SPDX-License-Identifier: GPL-2.0-only
################################################################################
#
# cohbuf
#
################################################################################

COHBUF_VERSION = $(COHBUF_TREE_VERSION)
COHBUF_SITE = $(COHBUF_TREE_SITE)
COHBUF_SITE_METHOD = local
COHBUF_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = $(COHBUF_TREE_EXCLUSIONS)
COHBUF_LICENSE = GPL-2.0
COHBUF_LICENSE_FILES = COPYING
COHBUF_MODULE_SUBDIRS = driver

$(eval $(kernel-module))
$(eval $(generic-package))
