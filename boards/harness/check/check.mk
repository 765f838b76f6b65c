# SPDX-License-Identifier: GPL-2.0-only
#
# What the verbs of testing do: they build what a suite stands on, and run the suites of a
# table (boards/harness/check/check).
#
# Takes what build.mk gives, and BOARDS, SUITES, JOBS, PROVE_FLAGS, FEW_BUFFERS, UNBINDS,
# FUZZ_SECONDS, FUZZ_SEED, COVERAGE_BOARDS, RUN_ONLY of the user; the head of "check" has what
# it takes of the environment besides.
# Gives recipes, named after what they do, to the Makefile.

# Suites in Python share boards/harness/lib, and leave nothing beside it.
export PYTHONPATH := $(CURDIR)/boards/harness/lib
export PYTHONDONTWRITEBYTECODE := 1
export SUITES JOBS RUN_ONLY PROVE_FLAGS FEW_BUFFERS UNBINDS FUZZ_SECONDS FUZZ_SEED

BOARDS		?= qemu-virt-arm qemu-virt-arm64 zcu102
COVERAGE_BOARDS	?= qemu-virt-arm64 qemu-virt-arm64-smmu
PICTURE_BOARDS	:= qemu-virt-arm64 raspi3b qemu-virt-arm64-smmu
check		:= boards/harness/check/check
tables		:= --table boards/harness/check/suites --table boards/deploy/suites

define check_boards_and_tree
	$(Q)$(call on_boards,$(BOARDS),board tests)
	$(if $(KERNEL),,$(Q)$(call on_boards,$(filter-out $(BOARDS),$(PICTURE_BOARDS)),board tests))
	@$(check) $(tables) $(out) $(BOARDS)
endef

define check_front_door
	$(Q)$(call on_boards,qemu-virt-arm qemu-virt-arm64,board)
	@$(check) --for front-door $(O) qemu-virt-arm qemu-virt-arm64
endef

define check_with_checkers
	@$(again) KERNEL=debug BOARD=$(BOARD) BOARDS=$(BOARD) check
endef

define measure_coverage
	$(Q)rm -rf $(O)/coverage/*/gcov
	@$(again) KERNEL=coverage BOARDS="$(COVERAGE_BOARDS)" check; status=$$?; \
	boards/harness/check/coverage $(O)/coverage $(COVERAGE_BOARDS) && exit $$status
endef

# What each case took is its last line.
define check_hosts
	@[ "$$(id -u)" = 0 ] || { echo 'cohbuf: error: make check-hosts makes and enters root file systems: run it as root' >&2; exit 1; }
	@rm -f $(O)/check-hosts/*.numbers
	@$(check) --for hosts --set cache=$(CACHE) $(O); status=$$?; cd $(O)/check-hosts && \
	{ echo '| case | user | command | status | seconds | MB in the cache |' && echo '|---|---|---|---|---|---|' && \
	cat ./*.numbers; } | tee numbers.md; exit $$status
endef

define check_trees
	$(Q)$(call on_boards,$(sort $(BOARDS) qemu-virt-arm64),dtbs)
	@SUITES=host.dts $(check) $(O) $(BOARDS)
endef

LINT_SOURCE := linux-source-6.1
lint_kernel = $(CACHE)/lint-$(LINT_SOURCE)-$(shell awk '$$1 == "$(LINT_SOURCE)" { print $$3 }' boards/kernels/lock | sort -V | tail -n 1)
define check_by_reading
	$(Q)[ -e $(lint_kernel)/ready -a -e $(lint_kernel)/exported ] || boards/harness/lint/fetch-lint $(LINT_SOURCE) $(lint_kernel)
	@$(check) --for lint --table boards/harness/lint/suites --set lint_kernel=$(lint_kernel) $(O)
endef

define draw_pictures
	$(Q)$(call on_boards,$(PICTURE_BOARDS),board tests)
	$(Q)docs/pictures/draw $(O) docs/pictures
endef
