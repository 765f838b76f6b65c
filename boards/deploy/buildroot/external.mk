# SPDX-License-Identifier: GPL-2.0-only

# What all packages of this tree share. Without what "make" leaves in the source.
COHBUF_TREE_VERSION = 0.1.0
COHBUF_TREE_SITE = $(call qstrip,$(BR2_PACKAGE_COHBUF_SOURCE))
COHBUF_TREE_EXCLUSIONS = --exclude=/build --exclude='*.o' --exclude='*.ko' --exclude='*.cmd'

include $(sort $(wildcard $(BR2_EXTERNAL_COHBUF_PATH)/package/*/*.mk))
