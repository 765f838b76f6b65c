# SPDX-License-Identifier: GPL-2.0-only
#
# make install, on this machine and without the tools' root: its parts are app and dts.
#
# Takes Q, S, note and shell_quote of arguments.mk, O, CC, LDFLAGS, DESTDIR, PREFIX and PAGES of the user.
# Gives install_here and uninstall_here, recipes for the Makefile.

PREFIX ?= /usr/local
PAGES	?= yes
# Seen from the parts, so that the tree's own path may have a space.
install_out := $(if $(filter /%,$(O)),$(O),../$(O))/install/$(notdir $(lastword $(CC)))
in_parts = $(MAKE) $(S) --no-print-directory PREFIX=$(PREFIX) \
	DESTDIR=$(call shell_quote,$(if $(DESTDIR),$(if $(filter /%,$(DESTDIR)),,$(CURDIR)/))$(DESTDIR)) -C

define install_here
	@boards/harness/root/need '$(firstword $(CC))=gcc' dtc=device-tree-compiler
	$(Q)$(in_parts) app OUT="$(install_out)" CC="$(CC)" $(if $(LDFLAGS),LDFLAGS="$(LDFLAGS)") \
		$(if $(filter no,$(PAGES)),,need-help2man install-man) install install-system install-shells install-header install-library install-python
	$(Q)$(in_parts) dts OUT="$(install_out)/dts" install
	$(call note,INSTALL,$(call shell_quote,$(DESTDIR)$(PREFIX)))
endef

define uninstall_here
	$(Q)$(in_parts) app uninstall
	$(Q)$(in_parts) dts uninstall
	$(call note,REMOVE,$(call shell_quote,$(DESTDIR)$(PREFIX)))
endef
