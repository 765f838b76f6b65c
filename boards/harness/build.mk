# SPDX-License-Identifier: GPL-2.0-only
#
# What a board boots with, by make: each file of build/ has what it is named after.
#
# Takes O, V, CACHE, JOBS, BOARD, KERNEL, BOARD_IS_REFERENCE and BOARD_RUNS_32_BIT.
# Gives what the files give, and the goals NAME-unlocked of the verbs board, module, app, dtbs
# and tests: one make at a time works on a board.

include boards/harness/build/settings.mk
include boards/harness/build/kernel.mk
include boards/harness/build/app.mk
include boards/harness/build/trees.mk
include boards/harness/build/initramfs.mk

# setup-GROUP-GROUP...: groups of boards/harness/root/packages, in one fetch.
setup-%:
	@boards/harness/root/root / $(subst -, ,$*)

# $(call unlocked,GOAL): under the lock of the board, so that two makes do not build it at once.
unlocked = $(Q)mkdir -p $(build) && flock $(build)/lock $(again) BOARD=$(BOARD) $(1)-unlocked

.PHONY: module-unlocked app-unlocked dtbs-unlocked tests-unlocked board-unlocked importers importers-unlocked
module-unlocked: $(or $(driver_module),$(kernel)/ready)
app-unlocked: $(build)/app/test_mmap $(build)/app/cohbuf $(demo_programs)
# Those of the doctor fit any board.
tests-unlocked: $(build)/app/tests.built $(patsubst %,$(build)/%.dtbo,refused/label-taken \
	refused/size-beyond-machine $(patsubst dts/%.dtso,%,$(wildcard dts/doctor/*.dtso dts/runtime/*.dtso))) \
	$(if $(filter yes,$(BOARD_RUNS_32_BIT)),$(build)/compat/tests.built)
# What only its hardware makes wrong.
tests-unlocked: $(patsubst boards/emulated/$(BOARD)/%.dtso,$(build)/board/%.dtbo,$(wildcard boards/emulated/$(BOARD)/refused/*.dtso))
ifeq ($(BOARD_IS_REFERENCE),yes)
tests-unlocked: $(patsubst dts/%.dtso,$(build)/%.dtbo,$(wildcard dts/bad/*.dtso dts/refused/*.dtso))
endif
# Where importers are not behind the IOMMU that buffers are behind, too.
ifneq ($(filter yes,$(BOARD_IS_REFERENCE))$(findstring iommu=,$(BOARD_QEMU_ARGS)),)
tests-unlocked: $(build)/importers/list
endif
importers: setup-build-$(BOARD_ARCH)
	$(call unlocked,$@)
importers-unlocked: $(build)/importers/list
dtbs-unlocked: $(build)/board.env $(build)/board.dtb
board-unlocked: $(qemu_ready) $(KERNEL_UNPACKED) $(build)/board.env $(build)/board.dtb $(build)/base.cpio $(build)/module.cpio $(build)/app/test_mmap $(demo_programs)

module-unlocked app-unlocked tests-unlocked dtbs-unlocked board-unlocked importers-unlocked:
	@:
