# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the Makefile, before it uses any of them: variables of the command line
# that cannot be. What a run is given is looked at by boards/host/arguments.sh.

comma := ,
# $(call one_word,NAME,REMEDY): none, or one
one_word = $(if $(filter-out 0 1,$(words $($(1)))),$(error $(1)="$($(1))" is $(words $($(1))) names: $(2)))
$(call one_word,BOARD,it takes one board$(comma) make check takes several in BOARDS=)
$(call one_word,KERNEL,it takes one kernel$(comma) make check-matrix takes several in KERNELS=)

$(if $(strip $(O)),,$(error O= is empty: name a folder for what is built$(comma) or leave it out for build))
$(if $(filter undefined,$(origin CACHE))$(strip $(CACHE)),,$(error CACHE= is empty: name a folder for what is fetched$(comma) or leave it out for the one in your home))
$(if $(filter 0 1,$(V)),,$(error V=$(V) is not known: V=1 shows commands and the console$(comma) V=0 does not))

# The headers of an emulated board are those of its kernel's package.
$(if $(KERNEL_SRC),$(if $(filter module board tests app run shell check,$(MAKECMDGOALS)),$(error KERNEL_SRC=$(KERNEL_SRC) is not for \
	make $(MAKECMDGOALS)$(comma) which builds for an emulated BOARD: make -C driver KERNEL_SRC=$(KERNEL_SRC)$(comma) or make deploy for a board that runs)))
