# SPDX-License-Identifier: GPL-2.0-only
#
# cohbuf: verbs only. What a board is, is in boards/emulated/NAME/board.mk.

BOARD	?= qemu-virt-arm
O	?= build
V	?= 0

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Where this is not empty, the tools are here: their root (boards/harness/root/root), or an image
# that has them (boards/harness/root/Containerfile).
COHBUF_ROOT := $(wildcard /var/lib/cohbuf/base /etc/cohbuf-tools)

include boards/harness/arguments.mk
shell_quote = '$(subst ','\'',$(1))'

ifneq ($(refusal),)
include boards/harness/refused.mk
else

include boards/emulated/$(BOARD)/board.mk
# Another kernel than the board's own: boards/kernels/NAME.mk says where it is from.
ifneq ($(KERNEL),)
include boards/kernels/$(KERNEL).mk
KERNEL_NAME := $(KERNEL)
endif

Q	:= $(if $(filter 0,$(V)),@)
S	:= $(if $(filter 0,$(V)),-s)
note	= $(if $(filter 0,$(V)),@printf '  %-8s%s\n' $(1) $(2) >&2)

ifeq ($(COHBUF_ROOT),)
include boards/harness/root/front-door.mk
else

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/cohbuf

# Suites in Python share boards/harness/lib, and leave nothing beside it.
export PYTHONPATH := $(CURDIR)/boards/harness/lib
export PYTHONDONTWRITEBYTECODE := 1

# What follows from a board's architecture.
DEB_ARCH_arm		:= armhf
DEB_ARCH_arm64		:= arm64
DEB_ARCH_riscv64	:= riscv64
CROSS_COMPILE_arm	:= arm-linux-gnueabihf-
CROSS_COMPILE_arm64	:= aarch64-linux-gnu-
CROSS_COMPILE_riscv64	:= riscv64-linux-gnu-
deb_arch		:= $(DEB_ARCH_$(BOARD_ARCH))
# What kbuild calls it.
kernel_arch		:= $(BOARD_ARCH:riscv64=riscv)
CROSS_COMPILE		?= $(CROSS_COMPILE_$(BOARD_ARCH))

# kbuild has an O and a V of its own: nothing goes down unless it is named.
MAKEOVERRIDES :=
# A board is built one step at a time, and boards side by side (JOBS=).
override MAKEFLAGS := $(filter-out -j% --jobserver% --,$(MAKEFLAGS))

driver_sources := $(filter-out %.mod.c,$(wildcard driver/*.[ch])) driver/Kbuild driver/Makefile \
	$(wildcard driver/include/uapi/linux/*.h)

# What boards/kernels/lock says of it: another version is another kernel.
lock_of_source = grep -h '	$(KERNEL_SOURCE) ' boards/kernels/lock | sort -u

# Absolute, because make and QEMU run in other folders.
out	:= $(O)$(if $(KERNEL),/$(KERNEL))
build	:= $(abspath $(out))/$(BOARD)
ifneq ($(KERNEL_SOURCE),)
# Named after what it is made of: each configuration is built once, and each driver
# that is built in.
kernel_config := $(addprefix boards/kernels/config/,$(KERNEL_CONFIG))
missing	:= $(filter-out $(wildcard $(kernel_config)),$(kernel_config))
$(if $(missing),$(error the kernel "$(KERNEL)" is not for $(BOARD_ARCH): there is no $(missing)))
kernel_driver := $(if $(KERNEL_BUILTIN),$(driver_sources) driver/Kconfig boards/harness/build/into-tree)
kernel	:= $(CACHE)/$(or $(KERNEL_CACHE),$(KERNEL))-$(BOARD_ARCH)-$(shell { echo $(KERNEL_SOURCE) $(KERNEL_MAKE); $(lock_of_source); cat $(kernel_config) $(kernel_driver); } | sha256sum | cut -c 1-12)
else
kernel_package := $(if $(KERNEL),$(KERNEL_PACKAGE_$(BOARD_ARCH)),$(BOARD_KERNEL_PACKAGE))
# That of the host's own release is what the boards have anyway.
kernel_suite := $(if $(KERNEL),$(filter-out $(shell . /etc/os-release && echo $$VERSION_CODENAME),$(KERNEL_SUITE)),$(BOARD_KERNEL_SUITE))
# Named after the version that boards/kernels/lock has: another one is another folder.
kernel_in_lock := $(kernel_package) $(deb_arch) $(or $(patsubst backports,bookworm-backports,$(kernel_suite)),bookworm)
kernel_version := $(shell sed -n 's/^$(kernel_in_lock) //p' boards/kernels/lock)
kernel	:= $(CACHE)/$(kernel_package)$(kernel_version:%=-%)$(kernel_suite:%=-%)
endif
# What builds its modules: the host's cross compiler, or one of the kernel's suite.
kernel_gcc := $(if $(KERNEL),$(KERNEL_GCC),$(BOARD_KERNEL_GCC))
tools	:= $(if $(kernel_gcc),$(CACHE)/$(kernel_gcc)-$(BOARD_ARCH)-$(kernel_suite))
tools_ready := $(tools:%=%/ready)
kernel_cross := $(tools:%=%/root/usr/bin/)$(CROSS_COMPILE)
kbuild	= $(MAKE) $(S) --no-print-directory ARCH=$(kernel_arch) CROSS_COMPILE=$(kernel_cross) \
	CC=$(kernel_cross)$(or $(kernel_gcc),gcc) $(if $(filter 0,$(V)),,V=$(V))
qemu_folder := $(if $(BOARD_QEMU_SUITE),$(CACHE)/$(BOARD_QEMU)-$(BOARD_QEMU_SUITE))
qemu	:= $(qemu_folder:%=%/bin/)$(BOARD_QEMU)
qemu_ready := $(qemu_folder:%=%/ready)
# A line that names MAKE itself would be run by make -n as well.
make	= $(MAKE)
again	= $(MAKE) --no-print-directory O=$(O) V=$(V) CACHE=$(CACHE) KERNEL=$(KERNEL)
# $(call on_boards,BOARDS,TARGETS): side by side, as many as JOBS says.
on_boards = printf '%s\n' $(1) | xargs -P $(or $(JOBS),2) -I % $(again) BOARD=% $(2)
sbin	= PATH=$$PATH:/usr/sbin:/sbin

guest_modules := $(wildcard boards/harness/boot/guest/modules/*.c)
guest_headers := $(wildcard boards/harness/boot/guest/modules/*.h)

# Where the host unpacks the kernel in place of the board.
KERNEL_UNPACKED := $(if $(BOARD_RAM_BASE),$(build)/kernel.img)

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
test_modules := fuse
# What the programs share with the driver.
abi_sources := driver/include/uapi/linux/cohbuf.h driver/version.h
app_sources := $(wildcard app/*.[ch] app/tests/*.[ch] app/tool/*.[ch] app/fuzz/*.[ch]) app/Makefile $(abi_sources)

tool_sources := $(wildcard app/cohbuf.c app/device.[ch] app/tool/*.[ch]) app/Makefile $(abi_sources)

##
## See it work
##

## run		boot BOARD, load the driver, run the demo with the user test app.
##		Your own program: FILES="host files" CMD="shell command", run as root
##		in the folder of FILES; make ends with its exit status.
##		APPEND= kernel command line   QEMU_EXTRA= emulator's arguments
##		KERNEL=NAME another kernel than the board's own, with this and any other target
##		DTBO= further overlays        TIMEOUT= seconds for CMD (300)
##		V=1 the console as it comes, and the commands of the build; all that the
##		kernel says of itself with APPEND=loglevel=8
## shell		a prompt on BOARD, the driver loaded, FILES= copied to it; make ends with
##		the shell's exit status
run shell: %: %-on-board
	$(eval guest_status := $(file < $(status_file)))$(if $(guest_status),$(shell rm -f $(status_file)))
	$(if $(filter-out 0,$(guest_status)),$(end_make))
	@exit $(or $(guest_status),$$(cat $(status_file)))

# Without a command of the user's own: the demo.
CMD ?= ./demo
# The text as it was given, each line: $ is for the board's shell.
export COHBUF_COMMAND := $(value CMD)
is_demo := $(filter ./demo,$(COHBUF_COMMAND))
demo_files = $(if $(is_demo),boards/harness/boot/guest/demo $(build)/app/test_mmap)

# One file a run: two runs may go on at once.
status_file := $(build)/status.$(shell echo $$PPID)

export APPEND QEMU_EXTRA TIMEOUT V PROVE_FLAGS

# $(call run_on_board,OPTIONS,FILES,PASS): nothing is built for arguments that cannot be,
# FILES are, and the command's standard input is not for what builds.
run_on_board = @boards/harness/boot/run $(build) --check $(user_options) $(1) "$$COHBUF_COMMAND" && \
	boards/harness/boot/last-word "$(BOARD) is not booted: what it takes could not be built, the lines above say why" \
	$(again) BOARD=$(BOARD) board < /dev/null >&2 && \
	boards/harness/boot/run $(build) $(user_options) $(1) --files "$(2) $(FILES)" "$$COHBUF_COMMAND"$(3); \
	status=$$?; mkdir -p $(build); echo $$status > $(status_file)
user_options = --files "$(FILES)" --dtbo "$(abspath $(DTBO))"

.PHONY: run shell run-on-board shell-on-board
run-on-board:
	$(call run_on_board,,$(demo_files),$(if $(is_demo), && echo && echo "PASS: the demo on $(BOARD)"))
shell-on-board:
	$(call run_on_board,--shell)

# Where a recipe fails make itself ends with 2, whatever the status was; with the
# extension that exit_status.c is, it ends with that of the command.
end_make = $(shell $(build_exit_status) >&2)$(eval -load $(exit_status))$(exit-with $(guest_status))
exit_status := $(abspath $(O))/exit_status.so
build_exit_status = [ -e $(exit_status) ] || \
	{ gcc -shared -fPIC -o $(exit_status).$$$$ boards/harness/boot/exit_status.c && mv $(exit_status).$$$$ $(exit_status); }

##
## Tests
##

## check		all tests on BOARDS= (both virt boards and zcu102), and the checks of the
##		host side; SUITES="*.mappings host.*" for a part. Ends with "N passed, N failed".
BOARDS ?= qemu-virt-arm qemu-virt-arm64 zcu102
PICTURE_BOARDS := qemu-virt-arm64 raspi3b qemu-virt-arm64-smmu
.PHONY: check
check: setup-build-arm-arm64-run-check-pictures
	$(Q)$(call on_boards,$(BOARDS),board tests)
	$(if $(KERNEL),,$(Q)$(call on_boards,$(filter-out $(BOARDS),$(PICTURE_BOARDS)),board))
	@SUITES="$(SUITES)" JOBS="$(JOBS)" boards/harness/check/check $(out) $(BOARDS)

## check-front-door the way to the tools and kernels: any host, any archive, on any day
.PHONY: check-front-door
check-front-door: setup-build-arm-arm64-run-check
	$(Q)$(call on_boards,qemu-virt-arm qemu-virt-arm64,board)
	@FRONT_DOOR=only SUITES="$(SUITES)" JOBS="$(JOBS)" boards/harness/check/check $(O) qemu-virt-arm qemu-virt-arm64

## check-debug	the tests of BOARD, one of the virt boards, on a kernel with every checker,
##		faults in every call, a storm of UNBINDS=, and FUZZ_SECONDS= of wild calls.
##		It is built the first time, which takes minutes
.PHONY: check-debug
check-debug:
	@UNBINDS="$(UNBINDS)" FUZZ_SECONDS="$(FUZZ_SECONDS)" FUZZ_SEED="$(FUZZ_SEED)" $(again) KERNEL=debug BOARD=$(BOARD) \
		BOARDS=$(BOARD) SUITES="$(SUITES)" JOBS="$(JOBS)" check

## coverage	lines and branches of the driver that the tests of COVERAGE_BOARDS= run
##		through, in build/coverage; fails below 95 % of the lines
COVERAGE_BOARDS ?= qemu-virt-arm64 qemu-virt-arm64-smmu
.PHONY: coverage
coverage: setup-coverage
	$(Q)rm -rf $(O)/coverage/*/gcov
	@$(again) KERNEL=coverage BOARDS="$(COVERAGE_BOARDS)" SUITES="$(SUITES)" JOBS="$(JOBS)" check; status=$$?; \
	boards/harness/check/coverage $(O)/coverage $(COVERAGE_BOARDS) && exit $$status

## check-matrix	the tests on every kernel of the matrix, which boards/kernels is, or on
##		KERNELS="5.10 7.2"; ends in a table, build/matrix.md
.PHONY: check-matrix
check-matrix: setup-build-arm-arm64-run-check
	@MAKE="$(make)" JOBS="$(JOBS)" SUITES="$(SUITES)" boards/harness/check/check-matrix $(O) $(KERNELS)

## check-boards	all of that on every board
.PHONY: check-boards
check-boards:
	@$(again) check BOARDS="$(ALL_BOARDS)"

## times		how long "make run" takes on BOARD, RUNS= (5) times, and how many bare boots
##		of the same kernel that is; for an idle machine
.PHONY: times
times: board
	@CACHE="$(CACHE)" boards/harness/boot/times $(build) $(RUNS)

## check-hosts	what a newcomer does, on fresh Debian 12, 13 and testing and on machines that
##		lack something: as root, with hours at hand; RUN_ONLY=1 without "make check"
.PHONY: check-hosts
check-hosts: setup-build-check-rootfs
	@RUN_ONLY="$(RUN_ONLY)" SUITES="$(SUITES)" JOBS=1 boards/harness/check/check-hosts $(O) $(CACHE)

## dtbs_check	the devicetree binding, its example, and every overlay on its board's tree
.PHONY: dtbs_check
dtbs_check: setup-build-run-check
	$(Q)$(call on_boards,$(sort $(BOARDS) qemu-virt-arm64),dtbs)
	@SUITES=host.dts boards/harness/check/check $(O) $(BOARDS)

## lint		static checks: compilers, the kernel's checkers, style, spelling, licences.
##		SUITES="lint.gcc-* lint.shellcheck" for a part
LINT_SOURCE := linux-source-6.1
lint_kernel = $(CACHE)/lint-$(LINT_SOURCE)-$(shell awk '$$1 == "$(LINT_SOURCE)" { print $$3 }' boards/kernels/lock | sort -V | tail -n 1)
.PHONY: lint
lint: setup-build-arm-arm64-kernel-lint
	$(Q)[ -e $(lint_kernel)/ready ] || boards/harness/lint/fetch-lint $(LINT_SOURCE) $(lint_kernel)
	@SUITES="$(SUITES)" JOBS="$(JOBS)" boards/harness/lint/check-lint $(O) $(lint_kernel)

## update-kernels	take Debian's newest kernels: writes boards/kernels/lock anew
## check-lock	whether the archive still has what the lock names
.PHONY: update-kernels check-lock
update-kernels: setup-update
	@boards/harness/fetch/update-kernels
check-lock: setup-update-check
	@prove --verbose --exec bash boards/harness/fetch/update-kernels :: --check

## pictures	draw docs/pictures anew, from what three boards say of their addresses
.PHONY: pictures
pictures: setup-build-run-pictures
	$(Q)$(call on_boards,$(PICTURE_BOARDS),board)
	$(Q)docs/pictures/draw $(O) docs/pictures

##
## Real boards
##

## deploy	build for the kernel that runs on HOST=user@board, install there over ssh,
##		load the driver, run the test app. Twice is an upgrade.
##		KERNEL_SRC= headers of its kernel, where it is not one of Debian's
##		SSH="ssh -p PORT -i KEY"
.PHONY: deploy
deploy: setup-build-arm-arm64-deploy
	@HOST="$(HOST)" SSH="$(SSH)" KERNEL_SRC="$(KERNEL_SRC)" boards/deploy/ssh/deploy $(O) $(CACHE) $(if $(filter file,$(origin BOARD)),,$(BOARD_ARCH))

## farm		tests on every place of a labgrid environment: FARM= (boards/deploy/labgrid/emulated.yaml),
##		PLACES= for some of them, FARM_SUITES="open rw". Ends in one table; build/farm.xml
##		is the JUnit report
FARM ?= boards/deploy/labgrid/emulated.yaml
farm_boards = $(or $(filter $(ALL_BOARDS),$(PLACES)),$(if $(filter %/emulated.yaml,$(FARM)),$(ALL_BOARDS)))
.PHONY: farm
farm: setup-build-run-farm
	$(Q)$(call on_boards,$(farm_boards),board tests)
	$(Q)cd boards/deploy/labgrid && LG_BUILD=$(abspath $(O)) PYTHONDONTWRITEBYTECODE=1 pytest-3 -q -p no:cacheprovider \
		-n $(or $(JOBS),2) --dist loadgroup --lg-env $(abspath $(FARM)) --places="$(PLACES)" \
		$(if $(FARM_SUITES),--suites="$(FARM_SUITES)") --junitxml=$(abspath $(O))/farm.xml

## check-deploy	the slow tests of what installs on boards; SUITES="deploy.ssh
##		deploy.debian-*" for a part. As root; the first time takes minutes
.PHONY: check-deploy
check-deploy: setup-build-arm-arm64-run-check-deb-deploy-rootfs-farm-rack-lava
	$(Q)$(call on_boards,qemu-virt-arm qemu-virt-arm64,board)
	@SUITES="$(SUITES)" JOBS="$(JOBS)" boards/deploy/check-deploy $(O) $(CACHE)

## tools-shell	a shell among the tools that the targets above use, or RUN="COMMAND" there;
##		TOOLS= further groups of boards/harness/root/packages
.PHONY: tools-shell
tools-shell: setup-build-arm-arm64-run-check $(addprefix setup-,$(TOOLS))
	@$(or $(value RUN),bash)

##
## Build without an emulator
##

## board		all that an emulated BOARD boots with, in build/BOARD
.PHONY: board
board: setup-build-$(BOARD_ARCH)-run
	$(Q)mkdir -p $(build) && flock $(build)/lock $(again) BOARD=$(BOARD) board-unlocked

## module		the driver for BOARD's kernel: build/BOARD/driver/cohbuf.ko
## app		the user test app and the tool for BOARD: build/BOARD/app
## dtbs		BOARD's devicetree overlays, and the tree merged with them
.PHONY: module app dtbs
module app: setup-build-$(BOARD_ARCH)
	$(Q)mkdir -p $(build) && flock $(build)/lock $(again) BOARD=$(BOARD) $@-unlocked
dtbs: setup-build-$(BOARD_ARCH)-run
	$(Q)mkdir -p $(build) && flock $(build)/lock $(again) BOARD=$(BOARD) $@-unlocked

## tests		the test programs for BOARD, in build/BOARD/app, and the
##		overlays of nodes that the driver must refuse
.PHONY: tests
tests: setup-build-$(BOARD_ARCH) $(if $(filter yes,$(BOARD_RUNS_32_BIT)),setup-arm)
	$(Q)mkdir -p $(build) && flock $(build)/lock $(again) BOARD=$(BOARD) $@-unlocked

.PHONY: module-unlocked app-unlocked dtbs-unlocked tests-unlocked board-unlocked
module-unlocked: $(or $(driver_module),$(kernel)/ready)
app-unlocked: $(build)/app/test_mmap $(build)/app/cohbuf
# Those of the doctor fit any board.
tests-unlocked: $(build)/app/tests.built $(patsubst %,$(build)/%.dtbo,refused/label-taken \
	refused/size-beyond-machine $(patsubst dts/%.dtso,%,$(wildcard dts/doctor/*.dtso dts/runtime/*.dtso))) \
	$(if $(filter yes,$(BOARD_RUNS_32_BIT)),$(build)/compat/tests.built)
# What only its hardware makes wrong.
tests-unlocked: $(patsubst boards/emulated/$(BOARD)/%.dtso,$(build)/board/%.dtbo,$(wildcard boards/emulated/$(BOARD)/refused/*.dtso))
ifeq ($(BOARD_IS_REFERENCE),yes)
tests-unlocked: $(patsubst dts/%.dtso,$(build)/%.dtbo,$(wildcard dts/bad/*.dtso dts/refused/*.dtso))
endif
dtbs-unlocked: $(build)/board.env $(build)/board.dtb
board-unlocked: $(qemu_ready) $(KERNEL_UNPACKED) $(build)/board.env $(build)/board.dtb $(build)/base.cpio $(build)/module.cpio $(build)/app/test_mmap

module-unlocked app-unlocked tests-unlocked dtbs-unlocked board-unlocked:
	@:

# setup-GROUP-GROUP...: groups of boards/harness/root/packages, in one fetch.
setup-%:
	@boards/harness/root/root / $(subst -, ,$*)

ifneq ($(KERNEL_SOURCE),)
$(kernel)/ready: | setup-kernel
	@KERNEL_MAKE="$(KERNEL_MAKE)" boards/harness/build/build-kernel $(if $(kernel_driver),--driver) $(deb_arch) $(BOARD_ARCH) $(CROSS_COMPILE) $(KERNEL_SOURCE) $(kernel) $(kernel_config)
else
$(kernel)/ready: $(tools_ready)
	$(if $(kernel_package),,$(error there is no package of the kernel $(KERNEL) for $(BOARD_ARCH): see boards/kernels/$(KERNEL).mk))
	@boards/harness/fetch/fetch-kernel $(deb_arch) $(kernel_package) $(kernel) $(or $(kernel_suite),release) "$(KERNEL_RELEASE)" $(tools)
endif

ifneq ($(tools),)
$(tools_ready): | setup-newer
	@boards/harness/fetch/fetch-tools $(or $(kernel_suite),release) $(@D) $(kernel_gcc)-$(CROSS_COMPILE:%-=%)
endif

ifneq ($(qemu_ready),)
$(qemu_ready):
	@boards/harness/fetch/fetch-qemu $(BOARD_QEMU_SUITE) $(BOARD_QEMU) $(@D)
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
	@boards/harness/fetch/fetch-source $(kernel) $(or $(kernel_suite),release) $(source) $(BOARD_SOURCE_FILES)

# The sources keep their places, so that they find each other.
$(build)/source-modules.built: boards/emulated/$(BOARD)/board.mk $(source)/ready
	$(call note,MODULES,$(BOARD)/source)
	$(Q)rm -rf $(build)/source && mkdir -p $(build)/source && cp -r $(source)/* $(build)/source
	$(Q)echo 'obj-m := $(addsuffix .o,$(source_modules))' > $(build)/source/Kbuild
	$(Q)boards/harness/build/kbuild $(kbuild) -C $(kernel)/headers M=$(build)/source modules
	$(Q)ls $(source_modules:%=$(build)/source/%.ko) > $@
endif

# With what they need, in an order that can be loaded.
$(build)/package-modules: boards/emulated/$(BOARD)/board.mk Makefile $(kernel)/ready
	$(Q)$(sbin) && depends="modprobe -d $(kernel)/root -S $$(cat $(kernel)/release) --show-depends" && \
		for module in $(package_modules); do $$depends $$module || exit; done > $@.log && \
		for module in $(test_modules); do $$depends $$module 2> /dev/null || :; done >> $@.log
	$(Q)sed -n 's/^insmod //p' $@.log > $@

ifneq ($(KERNEL),)
# The same programs on every kernel: those that are built without KERNEL.
$(build)/app/test_mmap $(build)/app/cohbuf $(build)/app/tests.built $(build)/compat/tests.built: $(app_sources)
	$(Q)$(again) KERNEL= BOARD=$(BOARD) $(if $(filter %/tests.built,$@),tests,app)
	$(Q)[ -L $(@D) ] || rm -rf $(@D); ln -sfn ../../$(BOARD)/$(notdir $(@D)) $(@D)
	$(Q)touch $@
else
$(build)/app/test_mmap: app/test_mmap.c app/Makefile
$(build)/app/cohbuf: $(tool_sources)
$(build)/app/test_mmap $(build)/app/cohbuf:
	$(call note,APP,$(BOARD)/app/$(@F))
	$(Q)mkdir -p $(@D)
	$(Q)$(make) $(S) --no-print-directory -C app CC=$(CROSS_COMPILE)gcc LDFLAGS=-static OUT=$(@D) $@ && touch $@

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

built_modules = $(build)/guest-modules.built $(if $(source_modules),$(build)/source-modules.built)
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
$(build)/board.env: boards/emulated/$(BOARD)/board.mk Makefile $(if $(KERNEL),boards/kernels/$(KERNEL).mk) $(kernel_config) $(kernel_driver)
	$(Q)mkdir -p $(@D)
	@{ $(foreach v,BOARD $(sort $(filter BOARD_% KERNEL_%,$(.VARIABLES))),echo $(call shell_quote,$(v)='$($(v))');) \
	   echo KERNEL='$(kernel)/vmlinuz'; echo QEMU='$(qemu)'; } > $@

##
## Install
##

## deb		Debian packages in build/deb: cohbuf-dkms, cohbuf-dev, cohbuf-doc, and
##		cohbuf-tools for DEB_ARCHES= (armhf arm64)
DEB_ARCHES ?= armhf arm64
deb_sources := $(driver_sources) driver/Kconfig $(tool_sources) app/test_mmap.c CHANGELOG.md COPYING \
	$(wildcard app/install/* app/install/man/* dts/Makefile dts/*.dts[oi] dts/rpi/*) boards/deploy/debian/build \
	$(wildcard README.md docs/*.md docs/pictures/*.svg) $(shell find boards -name README.md) $(shell find boards/deploy/debian/debian -type f)
.PHONY: deb deb-unlocked
deb: setup-build-arm-arm64-deb
	$(Q)mkdir -p $(O) && flock $(O)/deb.lock $(again) DEB_ARCHES="$(DEB_ARCHES)" deb-unlocked
deb-unlocked: $(O)/deb/built
	@:
$(O)/deb/built: $(deb_sources)
	@boards/deploy/debian/build $(@D) $(DEB_ARCHES) && touch $@

endif

## install		tool, test app, header of the ABI, manual pages, completion, udev rule and
##		overlays, below DESTDIR=/PREFIX= (/usr/local), for this machine or with CC=
##		for another; PAGES=no without the pages, which help2man makes.
##		The driver: make -C driver modules_install
## uninstall	take exactly that back
PREFIX ?= /usr/local
PAGES	?= yes
# Seen from the parts, so that the tree's own path may have a space.
install_out := $(if $(filter /%,$(O)),$(O),../$(O))/install/$(notdir $(lastword $(CC)))
in_parts = $(MAKE) $(S) --no-print-directory PREFIX=$(PREFIX) \
	DESTDIR=$(call shell_quote,$(if $(DESTDIR),$(if $(filter /%,$(DESTDIR)),,$(CURDIR)/))$(DESTDIR)) -C
.PHONY: install uninstall
install:
	@boards/harness/root/need '$(firstword $(CC))=gcc' dtc=device-tree-compiler
	$(Q)$(in_parts) app OUT="$(install_out)" CC="$(CC)" $(if $(LDFLAGS),LDFLAGS="$(LDFLAGS)") \
		$(if $(filter no,$(PAGES)),,need-help2man install-man) install install-system install-shells install-header
	$(Q)$(in_parts) dts OUT="$(install_out)/dts" install
	$(call note,INSTALL,$(call shell_quote,$(DESTDIR)$(PREFIX)))
uninstall:
	$(Q)$(in_parts) app uninstall
	$(Q)$(in_parts) dts uninstall
	$(call note,REMOVE,$(call shell_quote,$(DESTDIR)$(PREFIX)))

## clean		remove what was built; the cache stays
.PHONY: clean
clean:
	@boards/harness/root/clean "$(O)"

##
## The cache: tools, kernels, and what was built of them once; in ~/.cache/cohbuf, or CACHE=
##

## cache		what is in it, with megabytes
## cache-clean	empty it
## cache-export	all of it in FILE=, for a machine without a network
## cache-import	what FILE= has of it
.PHONY: cache cache-clean cache-export cache-import
cache cache-clean cache-export cache-import: export CACHE := $(CACHE)
cache:
	@boards/harness/root/cache list
cache-clean cache-export cache-import: cache-%:
	@boards/harness/root/cache $* "$(FILE)"

## help		this text
.PHONY: help
help:
	@sed -n 's/^## \{0,1\}//p' Makefile
	@echo 'Boards (BOARD=): $(ALL_BOARDS)'
	@echo 'Kernels (KERNEL=), besides the board'\''s own: $(ALL_KERNELS)'

endif
