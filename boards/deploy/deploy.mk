# SPDX-License-Identifier: GPL-2.0-only
#
# What the verbs of deploying do; each way has its folder here.
#
# Takes what build.mk gives, check of check.mk, tool_sources of app.mk, ALL_BOARDS, JOBS, and
# HOST, SSH, KERNEL_SRC, DEB_ARCHES, FARM, PLACES, FARM_SUITES of the user.
# Gives recipes, named after what they do, to the Makefile.

define deploy_over_ssh
	@HOST="$(HOST)" SSH="$(SSH)" KERNEL_SRC="$(KERNEL_SRC)" boards/deploy/ssh/deploy $(O) $(CACHE) $(if $(filter file,$(origin BOARD)),,$(BOARD_ARCH))
endef

FARM ?= boards/deploy/labgrid/emulated.yaml
farm_boards = $(or $(filter $(ALL_BOARDS),$(PLACES)),$(if $(filter %/emulated.yaml,$(FARM)),$(ALL_BOARDS)))
# pytest has a module "tap" of its own.
define run_farm
	$(Q)$(call on_boards,$(farm_boards),board tests)
	$(Q)cd boards/deploy/labgrid && env -u PYTHONPATH LG_BUILD=$(abspath $(O)) pytest-3 -q -p no:cacheprovider \
		-n $(or $(JOBS),2) --dist loadgroup --lg-env $(abspath $(FARM)) --places="$(PLACES)" \
		$(if $(FARM_SUITES),--suites="$(FARM_SUITES)") --junitxml=$(abspath $(O))/farm.xml
endef

define check_deploy
	$(Q)$(call on_boards,qemu-virt-arm qemu-virt-arm64,board)
	@$(check) --for deploy --table boards/deploy/suites --set cache=$(CACHE) $(O)
endef

DEB_ARCHES ?= armhf arm64
deb_sources := $(driver_sources) driver/Kconfig $(tool_sources) app/test_mmap.c CHANGELOG.md COPYING \
	app/lib/cohbuf.pc.in app/lib/libcohbuf.map $(wildcard app/demos/*.c app/demos/*.py app/python/cohbuf/*) \
	$(wildcard app/install/* app/install/man/* dts/Makefile dts/*.dts[oi] dts/rpi/*) boards/deploy/debian/build boards/deploy/debian/changelog \
	$(wildcard README.md docs/*.md docs/pictures/*.svg) $(shell find boards -name README.md) $(shell find boards/deploy/debian/debian -type f)
build_debs = $(Q)mkdir -p $(O) && flock $(O)/deb.lock $(again) DEB_ARCHES="$(DEB_ARCHES)" deb-unlocked
.PHONY: deb-unlocked
deb-unlocked: $(O)/deb/built
	@:
$(O)/deb/built: $(deb_sources)
	@boards/deploy/debian/build $(@D) $(DEB_ARCHES) && touch $@
