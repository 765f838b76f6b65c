# SPDX-License-Identifier: GPL-2.0-only
#
# What follows from the board, its kernel and where things are built: variables only.
#
# Takes O, V, CACHE, JOBS, BOARD, KERNEL, S of arguments.mk, the BOARD_ variables of the board's board.mk and the
# KERNEL_ variables of the kernel's .mk.
# Gives, to all that is included after it:
#   out, build		folders: of the kernel's boards, and of this board, which is absolute
#   kernel		the kernel's folder in the cache; kernel_package, kernel_suite,
# 			kernel_config, kernel_driver: what it is made of
#   tools, tools_ready	a compiler of another suite, or none; kernel_gcc, kernel_cross
#   qemu, qemu_ready	the emulator; qemu_ready is empty where it is the tools' own
#   deb_arch, kernel_arch, CROSS_COMPILE	names of the architecture
#   driver_sources	what a build of the driver depends on
#   kbuild, make, again, on_boards	how make calls makes
#   sbin			where Debian has depmod

include boards/emulated/$(BOARD)/board.mk
# Another kernel than the board's own.
ifneq ($(KERNEL),)
include boards/kernels/$(KERNEL).mk
KERNEL_NAME := $(KERNEL)
endif

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/cohbuf

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
# Empty for the release of the tools, which is the default.
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
	CC="$(if $(tools),$(if $(CCACHE_DIR),ccache ))$(kernel_cross)$(or $(kernel_gcc),gcc)" $(if $(filter 0,$(V)),,V=$(V))
qemu_folder := $(if $(BOARD_QEMU_SUITE),$(CACHE)/$(BOARD_QEMU)-$(BOARD_QEMU_SUITE))
qemu	:= $(qemu_folder:%=%/bin/)$(BOARD_QEMU)
qemu_ready := $(qemu_folder:%=%/ready)
# A line that names MAKE itself would be run by make -n as well.
make	= $(MAKE)
again	= $(MAKE) --no-print-directory O=$(O) V=$(V) CACHE=$(CACHE) KERNEL=$(KERNEL)
# $(call on_boards,BOARDS,TARGETS): side by side, as many as JOBS says.
on_boards = printf '%s\n' $(1) | xargs -P $(or $(JOBS),2) -I % $(again) BOARD=% $(2)
sbin	= PATH=$$PATH:/usr/sbin:/sbin
