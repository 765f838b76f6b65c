# SPDX-License-Identifier: GPL-2.0-only
#
# Devicetrees: a board's base tree, overlays, and its own ones merged into $(build)/board.dtb.
#
# Takes what settings.mk gives, and BOARD_BASE_DTB, BOARD_OVERLAYS, BOARD_SYMBOLS,
# BOARD_DISABLED and BOARD_QEMU_ARGS of the board.
# Gives the rules of $(build)/board.dtb, and of NAME.dtbo for each .dtso of dts/ and of the board.

# -@ keeps the labels.
compile_tree = dtc -q -@ -i dts -I dts -O dtb -o $@ $<

define overlay_rule
	$(call note,DTBO,$(subst $(abspath $(O))/,,$@))
	$(Q)mkdir -p $(@D)
	$(Q)$(compile_tree)
endef
$(build)/rpi/%.dtbo: dts/rpi/%.dtso
	$(Q)$(make) $(S) --no-print-directory -C dts OUT=$(build) $@
$(build)/%.dtbo: dts/%.dtso $(wildcard dts/*.dtsi)
	$(overlay_rule)
$(build)/board/%.dtbo: boards/emulated/$(BOARD)/%.dtso $(wildcard dts/*.dtsi)
	$(overlay_rule)

overlays = $(patsubst dts/%.dtso,$(build)/%.dtbo,$(patsubst boards/emulated/$(BOARD)/%.dtso,$(build)/board/%.dtbo,$(BOARD_OVERLAYS)))

# The emulator's own tree, the board's own, or one of the kernel package's.
ifeq ($(BOARD_BASE_DTB),qemu)
$(build)/base.dtb: boards/emulated/$(BOARD)/board.mk $(qemu_ready)
else ifneq ($(filter %.dts,$(BOARD_BASE_DTB)),)
$(build)/base.dtb: $(BOARD_BASE_DTB) boards/emulated/$(BOARD)/board.mk
else
$(build)/base.dtb: boards/emulated/$(BOARD)/board.mk $(kernel)/ready
endif
	$(Q)mkdir -p $(@D)
ifeq ($(BOARD_BASE_DTB),qemu)
	$(Q)$(qemu) $(BOARD_QEMU_ARGS) -machine dumpdtb=$@ -display none -nic none 2> $@.log || { cat $@.log >&2; exit 1; }
else ifneq ($(filter %.dts,$(BOARD_BASE_DTB)),)
	$(Q)$(compile_tree)
else
	$(Q)cp $(kernel)/root/usr/lib/linux-image-$$(cat $(kernel)/release)/$(BOARD_BASE_DTB) $@
endif
	$(Q)$(foreach symbol,$(BOARD_SYMBOLS),fdtput -p -t s $@ /__symbols__ $(subst =, ,$(symbol)) &&) :
	$(Q)$(foreach node,$(BOARD_DISABLED),fdtput -t s $@ $(node) status disabled &&) :

$(build)/board.dtb: $(build)/base.dtb $(overlays)
	$(call note,DTB,$(BOARD)/$(@F))
	$(Q)fdtoverlay -i $< -o $@ $(overlays)
