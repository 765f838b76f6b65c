# SPDX-License-Identifier: GPL-2.0-only
#
# What a board boots with besides kernel and tree: two archives for its memory, and for the
# scripts the facts of the board, $(build)/board.env.
#
# Takes what settings.mk gives, driver_module and built_modules of kernel.mk, the programs of
# app.mk, BOARD_RAM_BASE of the board, KERNEL_BUILTIN of the kernel.
# Gives KERNEL_UNPACKED, and the rules of $(build)/base.cpio, module.cpio and board.env.

# Where the host unpacks the kernel in place of the board.
KERNEL_UNPACKED := $(if $(BOARD_RAM_BASE),$(build)/kernel.img)

# On RISC-V a linker that shortens calls would move what semihosting asks to be aligned.
$(build)/host: boards/harness/boot/guest/host.c
	$(call note,GUEST,$(BOARD)/host)
	$(Q)mkdir -p $(@D)
	$(Q)$(CROSS_COMPILE)gcc -O2 -Wall -Wextra $(if $(filter arm,$(BOARD_ARCH)),-marm) $(if $(filter riscv64,$(BOARD_ARCH)),-mno-relax) -static -o $@ $<

ifneq ($(KERNEL_UNPACKED),)
$(KERNEL_UNPACKED): boards/harness/build/unpack-kernel boards/emulated/$(BOARD)/board.mk $(kernel)/ready
	$(call note,KERNEL,$(BOARD)/$(@F))
	$(Q)mkdir -p $(@D)
	$(Q)boards/harness/build/unpack-kernel $(kernel) $(BOARD_RAM_BASE) $@
endif

# What every job boots with, the tool as well, and the driver, as two archives: an
# edit of the driver makes the second one new.
$(build)/base.cpio: boards/harness/boot/guest/init boards/harness/boot/guest/left-over $(build)/board.env $(build)/host $(build)/app/cohbuf $(kernel)/ready
	$(Q)rm -rf $(build)/base && cd $(build) && mkdir -p base/bin base/dev base/etc base/proc base/sys base/tmp base/root
	$(Q)cp boards/harness/boot/guest/init $(build)/base/init
	$(Q)cp $(build)/board.env $(build)/base/etc/
	$(Q)cp $(build)/host $(kernel)/busybox boards/harness/boot/guest/left-over $(build)/base/bin/
	$(Q)$(CROSS_COMPILE)strip -o $(build)/base/bin/cohbuf $(build)/app/cohbuf
	$(Q)cd $(build)/base && find . | cpio --quiet -o -H newc -R 0:0 > $@

$(build)/module.cpio: $(driver_module) $(built_modules) $(build)/package-modules
	$(Q)rm -rf $(build)/root && mkdir -p $(build)/root/lib/modules/$$(cat $(kernel)/release)/extra
	$(Q)cp $(driver_module:%/cohbuf.ko=%/*.ko) $$(cat $(built_modules) $(build)/package-modules) $(build)/root/lib/modules/*/extra
	$(Q)find $(build)/root -name '*.ko.xz' -exec xz -d {} +
	$(Q)$(CROSS_COMPILE)strip --strip-debug $(build)/root/lib/modules/*/extra/*.ko
	$(Q)cd $(build)/root/lib/modules/* && touch modules.order modules.builtin modules.builtin.modinfo
	$(if $(KERNEL_BUILTIN),$(Q)cp $(kernel)/root/lib/modules/*/modules.builtin* $(build)/root/lib/modules/*)
	$(Q)$(sbin) depmod -b $(build)/root $$(cat $(kernel)/release)
	$(Q)cd $(build)/root && find . | cpio --quiet -o -H newc -R 0:0 > $@

# The facts of the board for the scripts, from the one place that states them.
$(build)/board.env: boards/emulated/$(BOARD)/board.mk boards/harness/build/settings.mk $(if $(KERNEL),boards/kernels/$(KERNEL).mk) $(kernel_config) $(kernel_driver)
	$(Q)mkdir -p $(@D)
	@{ $(foreach v,BOARD $(sort $(filter BOARD_% KERNEL_%,$(.VARIABLES))),echo $(call shell_quote,$(v)='$($(v))');) \
	   echo KERNEL='$(kernel)/vmlinuz'; echo QEMU='$(qemu)'; } > $@
