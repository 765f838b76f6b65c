# SPDX-License-Identifier: GPL-2.0-only
#
# A stand-in of Buildroot, as far as packages see it: the same variables, macros and
# command lines as package/pkg-generic.mk and package/pkg-kernel-module.mk have.
#
#   make -f infrastructure.mk BR2_EXTERNAL_COHBUF_PATH= OUTPUT= ARCH= CROSS= LINUX_DIR= all
#
# "show" prints NAME VERSION LICENSE LICENSE_FILES DEPENDENCIES of each package, "users"
# the table of users and groups that they want.
HOST_DIR := $(OUTPUT)/host
BUILD_DIR := $(OUTPUT)/build
TARGET_DIR := $(OUTPUT)/target
STAGING_DIR := $(OUTPUT)/staging
PYTHON3_VERSION_MAJOR := 3.12
BINARIES_DIR := $(OUTPUT)/images
INSTALL := install
unexport ARCH CROSS OUTPUT

TARGET_MAKE_ENV = PATH="$(HOST_DIR)/bin:$(PATH)"
TARGET_CONFIGURE_OPTS = $(TARGET_MAKE_ENV) AR="$(CROSS)ar" AS="$(CROSS)as" LD="$(CROSS)ld" NM="$(CROSS)nm" \
	CC="$(CROSS)gcc" STRIP="$(CROSS)strip" CPPFLAGS="-D_LARGEFILE_SOURCE -D_LARGEFILE64_SOURCE -D_FILE_OFFSET_BITS=64" \
	CFLAGS="-D_LARGEFILE_SOURCE -D_LARGEFILE64_SOURCE -D_FILE_OFFSET_BITS=64 -O2 -g0" LDFLAGS=""
LINUX_MAKE_ENV = $(TARGET_MAKE_ENV) BR_BINARIES_DIR=$(BINARIES_DIR)
LINUX_MAKE_FLAGS = HOSTCC="gcc" ARCH=$(ARCH) KCFLAGS="-Wno-attribute-alias" INSTALL_MOD_PATH=$(TARGET_DIR) \
	CROSS_COMPILE="$(CROSS)" WERROR=0 REGENERATE_PARSERS=1 DEPMOD=$(HOST_DIR)/sbin/depmod INSTALL_MOD_STRIP=1

qstrip = $(strip $(subst ",,$(1)))
UPPERCASE = $(shell echo '$(1)' | tr 'a-z-' 'A-Z_')
pkgname = $(notdir $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST)))))
define sep


endef

define inner-kernel-module
$(2)_DEPENDENCIES += linux
$(2)_MAKE ?= $$(MAKE)
$(2)_MODULE_SUBDIRS ?= .
define $(2)_KERNEL_MODULES_BUILD
	$$(foreach d,$$($(2)_MODULE_SUBDIRS), $$(LINUX_MAKE_ENV) $$($$(PKG)_MAKE) -C $$(LINUX_DIR) $$(LINUX_MAKE_FLAGS) \
		$$($(2)_MODULE_MAKE_OPTS) PWD=$$(@D)/$$(d) M=$$(@D)/$$(d) modules$$(sep))
endef
$(2)_POST_BUILD_HOOKS += $(2)_KERNEL_MODULES_BUILD
define $(2)_KERNEL_MODULES_INSTALL
	$$(foreach d,$$($(2)_MODULE_SUBDIRS), $$(LINUX_MAKE_ENV) $$($$(PKG)_MAKE) -C $$(LINUX_DIR) $$(LINUX_MAKE_FLAGS) \
		$$($(2)_MODULE_MAKE_OPTS) PWD=$$(@D)/$$(d) M=$$(@D)/$$(d) modules_install$$(sep))
endef
$(2)_POST_INSTALL_TARGET_HOOKS += $(2)_KERNEL_MODULES_INSTALL
endef
kernel-module = $(call inner-kernel-module,$(pkgname),$(call UPPERCASE,$(pkgname)))

hooks = $(foreach hook,$($(PKG)_$(1)_HOOKS),$(call $(hook))$(sep))

define inner-generic-package
$(if $(filter local,$($(2)_SITE_METHOD)),,$$(error $(1): only local sites are known here))
$(2)_INSTALL_TARGET ?= YES
packages += $(1)
all: $$(BUILD_DIR)/$(1)-$$($(2)_VERSION)/.stamp_installed
$$(BUILD_DIR)/$(1)-$$($(2)_VERSION)/.stamp_installed: PKG := $(2)
$$(BUILD_DIR)/$(1)-$$($(2)_VERSION)/.stamp_installed:
	mkdir -p $$(BUILD_DIR) $$(TARGET_DIR) $$(STAGING_DIR) $$(BINARIES_DIR)
	cp -r $$($(2)_SITE) $$(@D)
	$$($(2)_BUILD_CMDS)
	$$(call hooks,POST_BUILD)
	$$(if $$(filter YES,$$($(2)_INSTALL_STAGING)),$$($(2)_INSTALL_STAGING_CMDS))
	$$(if $$(filter YES,$$($(2)_INSTALL_IMAGES)),$$($(2)_INSTALL_IMAGES_CMDS))
	$$(if $$(filter YES,$$($(2)_INSTALL_TARGET)),$$($(2)_INSTALL_TARGET_CMDS)$$(sep)$$(call hooks,POST_INSTALL_TARGET))
	touch $$@
show: show-$(1)
show-$(1):
	@echo '$$(strip $(1) $$($(2)_VERSION) $$($(2)_LICENSE) $$($(2)_LICENSE_FILES) $$(sort $$($(2)_DEPENDENCIES)))'
users: users-$(1)
users-$(1):
	$$(if $$($(2)_USERS),@printf '%s\n' '$$(subst $$(sep),' ',$$(strip $$($(2)_USERS)))')
endef
generic-package = $(call inner-generic-package,$(pkgname),$(call UPPERCASE,$(pkgname)))

.PHONY: all show users
include $(BR2_EXTERNAL_COHBUF_PATH)/external.mk
