# SPDX-License-Identifier: GPL-2.0-only
#
# The programs that run on a board: the user test app, the tool, the tests; for a 64-bit board
# that runs them, the tests of 32 bits as well, in "compat".
#
# Takes what settings.mk gives.
# Gives app_sources, tool_sources and demo_programs, and the rules of what is in $(build)/app and $(build)/compat:
# links to $(O)/programs/ARCH, as all boards of an architecture have the same programs.

# What the programs share with the driver.
abi_sources := driver/include/uapi/linux/cohbuf.h driver/version.h
app_sources := $(wildcard app/*.[ch] app/demos/*.c app/lib/*.[ch] app/tests/*/*.[ch] app/tool/*.[ch] app/fuzz/*.[ch]) app/Makefile $(abi_sources)

tool_sources := $(wildcard app/cohbuf.c app/device.[ch] app/lib/*.[ch] app/tool/*.[ch]) app/Makefile $(abi_sources)
demo_sources := $(wildcard app/lib/*.[ch]) app/Makefile $(abi_sources)
demo_programs := $(patsubst %,$(build)/app/demos/%,$(filter-out test_mmap,$(ALL_DEMOS)))

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
# $(call programs,ARCH,GOALS,NAME): of the board's folder NAME; one make at a time.
define programs
	$(Q)mkdir -p $(O)/programs/$(1) && { [ -L $(build)/$(3) ] || rm -rf $(build)/$(3); } && \
		ln -sfn ../programs/$(1) $(build)/$(3)
	$(Q)flock $(O)/programs/$(1).lock $(make) $(S) --no-print-directory -C app LDFLAGS=-static \
		CC=$(if $(filter $(BOARD_ARCH),$(1)),$(CROSS_COMPILE),$(CROSS_COMPILE_$(1)))gcc OUT=$(abspath $(O))/programs/$(1) $(2)
endef

$(build)/app/test_mmap: app/test_mmap.c app/Makefile
$(build)/app/cohbuf: $(tool_sources)
$(demo_programs): $(build)/app/%: app/%.c $(demo_sources)
$(build)/app/test_mmap $(build)/app/cohbuf $(demo_programs):
	$(call note,APP,$(BOARD)/app/$(@:$(build)/app/%=%))
	$(call programs,$(BOARD_ARCH),$(@:$(build)/app/%=$(abspath $(O))/programs/$(BOARD_ARCH)/%),app)
	$(Q)touch $@

# "compat": 32-bit programs for a 64-bit kernel.
$(build)/compat/tests.built: programs_arch := arm
$(build)/app/tests.built: programs_arch := $(BOARD_ARCH)
$(build)/app/tests.built $(build)/compat/tests.built: $(app_sources)
	$(call note,TESTS,$(subst $(abspath $(O))/,,$(@D)))
	$(call programs,$(programs_arch),tests $(abspath $(O))/programs/$(programs_arch)/test_mmap,$(notdir $(@D)))
	$(Q)touch $@
endif
