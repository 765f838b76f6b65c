# SPDX-License-Identifier: GPL-2.0-only
include boards/kernels/debug.mk
KERNEL_SUMMARY	:= the same kernel as debug, with a driver that counts what it runs through
# Built once for both.
KERNEL_CACHE	:= debug
# What UBSAN compiles in has branches that are not the driver's.
KERNEL_DRIVER	+= GCOV_PROFILE=y UBSAN_SANITIZE=n
