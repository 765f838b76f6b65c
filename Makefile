# SPDX-License-Identifier: GPL-2.0-only
#
# cohbuf: verbs only. How a board's parts are made is in boards/harness/build.mk, what is
# tested in boards/harness/check/suites, how it gets onto boards in boards/deploy/deploy.mk.
# What a board is: boards/emulated/NAME/board.mk; a kernel: boards/kernels/NAME.mk.

BOARD	?= qemu-virt-arm
O	?= build
V	?= 0

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Each verb is done, whatever files are called so.
verbs := run shell deploy deb install uninstall board module app dtbs tests clean \
	cache cache-clean cache-export cache-import help \
	check check-debug check-boards check-matrix check-front-door check-hosts check-deploy \
	dtbs_check lint coverage times farm pictures update-kernels check-lock tools-shell
.PHONY: $(verbs)

include boards/harness/arguments.mk
ifneq ($(refusal),)
include boards/harness/refused.mk
else ifeq ($(COHBUF_ROOT),)
# On the user's machine: the same make, among the tools.
include boards/harness/root/front-door.mk
else
include boards/harness/build.mk
include boards/harness/boot/boot.mk
include boards/harness/check/check.mk
include boards/deploy/deploy.mk
endif
ifeq ($(refusal),)
include boards/deploy/install.mk
ifneq ($(COHBUF_ROOT),)

## See it work, on an emulated board: BOARD= (qemu-virt-arm)
##
## run		load the driver and run the demo, or DEMO=NAME (docs/demos.md). Your own
##		program: FILES="host files" CMD="shell command", as root in the folder of
##		FILES; ends with its status.
##		APPEND= kernel command line  DTBO= overlays  QEMU_EXTRA=  TIMEOUT= (300 s)
## shell		a prompt there, with FILES=; ends with the shell's status
run shell: %: %-on-board
	$(end_as_the_board)

##
## Onto your board
##
## deploy	build for HOST=user@board, install there over ssh, load the driver, run
##		the test app; again is an upgrade. KERNEL_SRC= SSH="ssh -p PORT -i KEY"
deploy: setup-build-arm-arm64-deploy
	$(deploy_over_ssh)
## deb		Debian packages, in build/deb: driver (DKMS), tools, header, documents
deb: setup-build-arm-arm64-deb
	$(build_debs)
## module, app, dtbs, board	for BOARD, without booting it, in build/BOARD: driver,
##		programs, devicetrees; all that it boots with
module app: setup-build-$(BOARD_ARCH)
	$(call unlocked,$@)
dtbs board: setup-build-$(BOARD_ARCH)-run
	$(call unlocked,$@)
## check		the tests, on BOARDS= (both virt boards and zcu102) and of all else;
##		SUITES="*.mappings host.*" a part. Ends with "N passed, N failed"
check: setup-build-arm-arm64-run-check-pictures-python
	$(check_boards_and_tree)

endif
##
## On this machine
##
## install	the programs, library, headers, pages, overlays below DESTDIR=/PREFIX=
##		(/usr/local), for this machine or with CC= for another; PAGES=no leaves the
##		pages out; the driver: make -C driver
install:
	$(install_here)
## uninstall	take exactly that back
uninstall:
	$(uninstall_here)
## clean		remove what was built; the cache stays
clean:
	@boards/harness/root/clean "$(O)"
## cache		what is kept in ~/.cache/cohbuf (CACHE=): tools, kernels; with megabytes
## cache-clean, cache-export, cache-import	empty it; carry it in FILE= to another machine
cache cache-clean cache-export cache-import: export CACHE := $(CACHE)
cache:
	@boards/harness/root/cache list
cache-clean cache-export cache-import: cache-%:
	@boards/harness/root/cache $* "$(FILE)"
ifneq ($(COHBUF_ROOT),)
##
## For who works on cohbuf itself; docs/CONTRIBUTING.md says what to run when
##
## tests		the test programs for BOARD, and overlays that the driver must refuse
tests: setup-build-$(BOARD_ARCH) $(if $(filter yes,$(BOARD_RUNS_32_BIT)),setup-arm)
	$(call unlocked,$@)
## lint		static checks; SUITES="lint.gcc-* lint.shellcheck" a part
lint: setup-build-arm-arm64-kernel-lint
	$(check_by_reading)
## check-debug	the tests of BOARD on a kernel with every checker, built the first time;
##		UNBINDS= of a storm, FUZZ_SECONDS= of wild calls
check-debug:
	$(check_with_checkers)
## check-front-door the way to the tools and kernels: any host, any archive, on any day
check-front-door: setup-build-arm-arm64-run-check
	$(check_front_door)
## check-matrix	the tests on each kernel, or on KERNELS="5.10 7.2"; FEW_BUFFERS=1: less
check-matrix: setup-build-arm-arm64-run-check
	@MAKE="$(make)" boards/harness/check/check-matrix $(O) $(KERNELS)
## check-boards	all of make check on every board
check-boards:
	@$(again) check BOARDS="$(ALL_BOARDS)"
## check-hosts	fresh Debians, and machines that lack something; as root, takes hours
check-hosts: setup-build-check-rootfs
	$(check_hosts)
## check-deploy	what installs on boards: packages, ssh, farms; as root, takes minutes
check-deploy: setup-build-arm-arm64-run-check-deb-deploy-rootfs-farm-rack-lava
	$(check_deploy)
## farm		tests on every place of a labgrid environment: FARM= PLACES= FARM_SUITES=
farm: setup-build-run-farm
	$(run_farm)
## dtbs_check	the devicetree binding, its example, every overlay on its board's tree
dtbs_check: setup-build-run-check
	$(check_trees)
## coverage	what of the driver the tests run through; fails below 95 % of the lines
coverage: setup-coverage
	$(measure_coverage)
## times		how long "make run" takes on BOARD, in seconds and in bare boots
times: board
	@CACHE="$(CACHE)" boards/harness/boot/times $(build) $(RUNS)
## pictures	draw docs/pictures anew, from what three boards say of their memory
pictures: setup-build-run-pictures
	$(draw_pictures)
## update-kernels	take Debian's newest kernels: writes boards/kernels/lock anew
update-kernels: setup-update
	@boards/harness/fetch/update-kernels
## check-lock	whether the archive still has what the lock names
check-lock: setup-update-check
	@prove --verbose --exec bash boards/harness/fetch/update-kernels :: --check
## tools-shell	a shell among the tools, or RUN="COMMAND" there; TOOLS= further groups
tools-shell: setup-build-arm-arm64-run-check $(addprefix setup-,$(TOOLS))
	@$(or $(value RUN),bash)
endif
help:
	@sed -n 's/^## \{0,1\}//p' Makefile
	@echo
	@echo 'KERNEL=NAME, in place of that of the board: $(ALL_KERNELS)'
	@echo 'BOARD=NAME: $(ALL_BOARDS)'
	@echo 'DEMO=NAME: $(ALL_DEMOS)'
	@echo 'V=1 shows commands and the console; O= and CACHE= name folders; JOBS= how many at once'
endif
