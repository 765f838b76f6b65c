# SPDX-License-Identifier: GPL-2.0-only
#
# What make is given: variables of the command line that cannot be, the first of which is in
# "refusal" then, and how loud a recipe is. What a run is given is looked at by
# boards/harness/boot/arguments.sh.
#
# Takes BOARD, KERNEL, DEMO, CMD, O, V, CACHE, FILE, KERNEL_SRC.
# Gives refusal, ALL_BOARDS, ALL_KERNELS, ALL_DEMOS; COHBUF_ROOT; Q, S, note and shell_quote.

# Where this is not empty, the tools are here: their root (boards/harness/root/root), or an
# image that has them (boards/harness/root/Containerfile).
COHBUF_ROOT := $(wildcard /var/lib/cohbuf/base /etc/cohbuf-tools)

Q	:= $(if $(filter 0,$(V)),@)
S	:= $(if $(filter 0,$(V)),-s)
# $(call note,WHAT,FILE)
note	= $(if $(filter 0,$(V)),@printf '  %-8s%s\n' $(1) $(2) >&2)
shell_quote = '$(subst ','\'',$(1))'

ALL_BOARDS	:= $(sort $(patsubst boards/emulated/%/board.mk,%,$(wildcard boards/emulated/*/board.mk)))
ALL_KERNELS	:= $(sort $(patsubst boards/kernels/%.mk,%,$(wildcard boards/kernels/*.mk)))
ALL_DEMOS	:= $(sort test_mmap $(patsubst app/demos/%.c,%,$(wildcard app/demos/*.c)))
KERNEL		?=
DEMO		?=

comma := ,
refusal :=
# $(call refuse,TEXT)
refuse = $(if $(refusal),,$(eval refusal := $$(1)))
# $(call one_word,NAME,REMEDY): none, or one
one_word = $(if $(filter-out 0 1,$(words $($(1)))),$(call refuse,$(1)="$($(1))" is $(words $($(1))) names: $(2)))
$(call one_word,BOARD,it takes one board$(comma) make check takes several in BOARDS=)
$(call one_word,KERNEL,it takes one kernel$(comma) make check-matrix takes several in KERNELS=)
$(call one_word,DEMO,it takes one demo)

$(if $(strip $(O)),,$(call refuse,O= is empty: name a folder for what is built$(comma) or leave it out for build))
$(if $(filter undefined,$(origin CACHE))$(strip $(CACHE)),,$(call refuse,CACHE= is empty: name a folder for what is fetched$(comma) or leave it out for the one in your home))
$(if $(filter 0 1,$(V)),,$(call refuse,V=$(V) is not known: V=1 shows commands and the console$(comma) V=0 does not))

$(if $(filter $(ALL_BOARDS),$(BOARD)),,$(call refuse,there is no board "$(BOARD)"; choose one with BOARD=: $(ALL_BOARDS)))
$(if $(KERNEL),$(if $(filter $(ALL_KERNELS),$(KERNEL)),,$(call refuse,there is no kernel "$(KERNEL)"; choose one with KERNEL=$(comma) or none for the board's own: $(ALL_KERNELS))))

$(if $(DEMO),$(if $(filter $(ALL_DEMOS),$(DEMO)),,$(call refuse,there is no demo "$(DEMO)"; choose one with DEMO=$(comma) or none for the one of sixty seconds: $(ALL_DEMOS))))
$(if $(DEMO),$(if $(filter-out undefined,$(origin CMD)),$(call refuse,DEMO=$(DEMO) and CMD= are two commands: give one)))
$(if $(DEMO),$(if $(filter-out run,$(MAKECMDGOALS)),$(call refuse,DEMO=$(DEMO) is not for make $(firstword $(filter-out run,$(MAKECMDGOALS))): make run DEMO=$(DEMO))))

$(if $(FILE),,$(if $(filter cache-export cache-import,$(MAKECMDGOALS)),$(call refuse,which file? make $(firstword $(MAKECMDGOALS)) FILE=cohbuf.tar)))

# What is built for another kernel lies elsewhere, and these are about the boards' own.
$(if $(KERNEL),$(if $(filter check-front-door check-hosts check-deploy dtbs_check pictures farm check-debug check-matrix coverage,$(MAKECMDGOALS)),$(call refuse,KERNEL=$(KERNEL) is not for \
	make $(MAKECMDGOALS)$(comma) which chooses its kernels itself: leave KERNEL= out)))

# The headers of an emulated board are those of its kernel's package.
$(if $(KERNEL_SRC),$(if $(filter module board tests app run shell check,$(MAKECMDGOALS)),$(call refuse,KERNEL_SRC=$(KERNEL_SRC) is not for \
	make $(MAKECMDGOALS)$(comma) which builds for an emulated BOARD: make -C driver KERNEL_SRC=$(KERNEL_SRC)$(comma) or make deploy for a board that runs)))
