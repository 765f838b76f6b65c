# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel that a board boots, and the modules for it: the driver, those that only emulated
# boards need, and drivers that the kernel's package is configured without.
#
# Takes what settings.mk gives, BOARD_SOURCE_FILES, BOARD_MODULES, BOARD_QEMU and BOARD_QEMU_SUITE of
# the board, KERNEL_DRIVER, KERNEL_BUILTIN, KERNEL_SOURCE, KERNEL_MAKE and KERNEL_RELEASE of the kernel.
# Gives driver_module (none where the driver is built in), built_modules, and the rules of
# $(kernel)/ready, $(tools_ready), $(qemu_ready), $(build)/package-modules and $(build)/importers.

guest_modules := $(wildcard boards/harness/boot/guest/modules/*.c)
guest_headers := $(wildcard boards/harness/boot/guest/modules/*.h)

# None where the driver is in the kernel itself.
driver_module := $(if $(KERNEL_BUILTIN),,$(build)/driver/cohbuf.ko)

# Drivers that the kernel's source has and its package has not.
empty	:=
space	:= $(empty) $(empty)
source	:= $(kernel)-$(subst $(space),-,$(basename $(notdir $(BOARD_SOURCE_FILES))))
source_modules := $(patsubst %.c,%,$(filter %.c,$(BOARD_SOURCE_FILES)))
# What is not built here is the package's.
package_modules := $(filter-out $(basename $(notdir $(guest_modules))) $(notdir $(source_modules)),$(BOARD_MODULES))
# Of the package as well, for a test that loads it; not every kernel has it.
test_modules := fuse brd configfs

built_modules = $(build)/guest-modules.built $(if $(source_modules),$(build)/source-modules.built)

ifneq ($(KERNEL_SOURCE),)
$(kernel)/ready: | setup-kernel
	@KERNEL_MAKE="$(KERNEL_MAKE)" boards/harness/build/build-kernel $(if $(kernel_driver),--driver) $(deb_arch) $(BOARD_ARCH) $(CROSS_COMPILE) $(KERNEL_SOURCE) $(kernel) $(kernel_config)
else
$(kernel)/ready: $(tools_ready)
	$(if $(kernel_package),,$(error there is no package of the kernel $(KERNEL) for $(BOARD_ARCH): see boards/kernels/$(KERNEL).mk))
	@boards/harness/fetch/fetch kernel $(deb_arch) $(kernel_package) $(kernel) $(or $(kernel_suite),release) "$(KERNEL_RELEASE)" $(tools)
endif

ifneq ($(tools),)
$(tools_ready): | setup-newer
	@boards/harness/fetch/fetch tools $(or $(kernel_suite),release) $(@D) $(kernel_gcc)-$(CROSS_COMPILE:%-=%)
endif

ifneq ($(qemu_ready),)
$(qemu_ready):
	@boards/harness/fetch/fetch qemu $(BOARD_QEMU_SUITE) $(BOARD_QEMU) $(@D)
endif

# kbuild writes beside the sources: a folder of links keeps the boards apart.
$(build)/driver/cohbuf.ko: $(driver_sources) $(if $(KERNEL),boards/kernels/$(KERNEL).mk) $(kernel)/ready
	$(call note,MODULE,$(BOARD)/driver/cohbuf.ko)
	$(Q)rm -rf $(build)/gcov && mkdir -p $(@D)/include/uapi/linux
	$(Q)for f in $(driver_sources); do ln -sf $(CURDIR)/$$f $(build)/$$f; done
	$(Q)boards/harness/build/kbuild $(kbuild) -C $(@D) KERNEL_SRC=$(kernel)/headers $(KERNEL_DRIVER) W=1
	$(Q)test $@ -nt $(firstword $(driver_sources)) && touch $@

# Modules that only an emulated board has a use for: see boards/harness/boot/guest/modules.
$(build)/guest-modules.built: $(guest_modules) $(guest_headers) boards/harness/boot/guest/modules/Kbuild \
		$(filter %.h,$(driver_sources)) $(kernel)/ready
	$(call note,MODULES,$(BOARD)/modules)
	$(Q)rm -rf $(build)/modules && mkdir -p $(build)/modules
	$(Q)ln -s $(CURDIR)/boards/harness/boot/guest/modules/* $(build)/modules
	$(Q)boards/harness/build/kbuild $(kbuild) -C $(kernel)/headers M=$(build)/modules COHBUF_DRIVER=$(CURDIR)/driver W=1 modules
	$(Q)ls $(build)/modules/*.ko > $@

ifneq ($(BOARD_SOURCE_FILES),)
$(source)/ready: $(kernel)/ready
	@boards/harness/fetch/fetch source $(kernel) $(or $(kernel_suite),release) $(source) $(BOARD_SOURCE_FILES)

# The sources keep their places, so that they find each other.
$(build)/source-modules.built: boards/emulated/$(BOARD)/board.mk $(source)/ready
	$(call note,MODULES,$(BOARD)/source)
	$(Q)rm -rf $(build)/source && mkdir -p $(build)/source && cp -r $(source)/* $(build)/source
	$(Q)echo 'obj-m := $(addsuffix .o,$(source_modules))' > $(build)/source/Kbuild
	$(Q)boards/harness/build/kbuild $(kbuild) -C $(kernel)/headers M=$(build)/source modules
	$(Q)ls $(source_modules:%=$(build)/source/%.ko) > $@
endif

# With what they need, in an order that can be loaded.
$(build)/package-modules: boards/emulated/$(BOARD)/board.mk boards/harness/build/kernel.mk $(kernel)/ready
	$(Q)$(sbin) && depends="modprobe -d $(kernel)/root -S $$(cat $(kernel)/release) --show-depends" && \
		for module in $(package_modules); do $$depends $$module || exit; done > $@.log && \
		for module in $(test_modules); do $$depends $$module 2> /dev/null || :; done >> $@.log
	$(Q)sed -n 's/^insmod //p' $@.log > $@

# Drivers that import dma-bufs, for a suite that loads them itself: they are large. Debian's
# kernels have them; of those that are built here, not all.
importers := vivid vgem

$(build)/importers/list: boards/harness/build/kernel.mk $(kernel)/ready
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$(sbin) && for module in $(importers); do \
			modprobe -d $(kernel)/root -S $$(cat $(kernel)/release) --show-depends $$module || echo; \
		done > $(build)/importers.log 2>&1
	$(Q)awk '/^insmod / && !seen[$$2]++ { print $$2 }' $(build)/importers.log > $(build)/importers.files
	$(Q)cp $$(cat $(build)/importers.files) $(@D)
	$(Q)find $(@D) -name '*.ko.xz' -exec xz -d {} +
	$(Q)$(CROSS_COMPILE)strip --strip-debug $(@D)/*.ko
	$(Q)sed 's,.*/,,; s,\.ko.*,,' $(build)/importers.files > $@
