# SPDX-License-Identifier: GPL-2.0-only
#
# The programs that run on a board: the user test app, the tool, the tests; for a 64-bit board
# that runs them, the tests of 32 bits as well, in "compat".
#
# Takes what settings.mk gives.
# Gives app_sources, tool_sources and demo_programs, and the rules of what is in $(build)/app and $(build)/compat.

# What the programs share with the driver.
abi_sources := driver/include/uapi/linux/cohbuf.h driver/version.h
app_sources := $(wildcard app/*.[ch] app/demos/*.c app/lib/*.[ch] app/tests/*/*.[ch] app/tool/*.[ch] app/fuzz/*.[ch]) app/Makefile $(abi_sources)

tool_sources := $(wildcard app/cohbuf.c app/device.[ch] app/tool/*.[ch]) app/Makefile $(abi_sources)
demo_programs := $(ALL_DEMOS:%=$(build)/app/demos/%)

ifneq ($(KERNEL),)
# The same programs on every kernel: those that are built without KERNEL.
$(build)/app/test_mmap $(build)/app/cohbuf $(build)/app/tests.built $(build)/compat/tests.built: $(app_sources)
	$(Q)$(again) KERNEL= BOARD=$(BOARD) $(if $(filter %/tests.built,$@),tests,app)
	$(Q)[ -L $(@D) ] || rm -rf $(@D); ln -sfn ../../$(BOARD)/$(notdir $(@D)) $(@D)
	$(Q)touch $@
# In the folder that these are in.
$(demo_programs): $(build)/app/test_mmap
	@:
else
$(build)/app/test_mmap: app/test_mmap.c app/Makefile
$(build)/app/cohbuf: $(tool_sources)
$(demo_programs): $(build)/app/%: app/%.c app/Makefile $(abi_sources)
$(build)/app/test_mmap $(build)/app/cohbuf $(demo_programs):
	$(call note,APP,$(BOARD)/app/$(@:$(build)/app/%=%))
	$(Q)mkdir -p $(@D)
	$(Q)$(make) $(S) --no-print-directory -C app CC=$(CROSS_COMPILE)gcc LDFLAGS=-static OUT=$(build)/app $@ && touch $@

# "compat": 32-bit programs for a 64-bit kernel.
$(build)/compat/tests.built: test_compiler := $(CROSS_COMPILE_arm)gcc
$(build)/compat/tests.built: test_app := $(build)/compat/test_mmap
$(build)/app/tests.built: test_compiler := $(CROSS_COMPILE)gcc
$(build)/app/tests.built $(build)/compat/tests.built: $(app_sources)
	$(call note,TESTS,$(subst $(abspath $(O))/,,$(@D)))
	$(Q)mkdir -p $(@D)
	$(Q)$(make) $(S) --no-print-directory -C app CC=$(test_compiler) LDFLAGS=-static OUT=$(@D) tests $(test_app)
	$(Q)touch $@
endif
