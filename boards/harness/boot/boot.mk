# SPDX-License-Identifier: GPL-2.0-only
#
# make run and make shell: a board is booted, and make ends with the status of what ran there.
#
# Takes what build.mk gives, and CMD, DEMO, FILES, DTBO, APPEND, QEMU_EXTRA and TIMEOUT of the user.
# Gives the goals run-on-board and shell-on-board, and end_as_the_board, the recipe of the verbs.

define end_as_the_board
	$(eval guest_status := $(file < $(status_file)))$(if $(guest_status),$(shell rm -f $(status_file)))
	$(if $(filter-out 0,$(guest_status)),$(end_make))
	@exit $(or $(guest_status),$$(cat $(status_file)))
endef

# Without a command of the user's own: the demo; that of DEMO, where it names one.
CMD ?= ./demo
# Demos with a driver of the kernel that imports dma-bufs.
import_demos := camera
imports := $(filter $(import_demos),$(DEMO))
# The text as it was given, each line: $ is for the board's shell.
export COHBUF_COMMAND := $(if $(DEMO),$(if $(imports),./load-importers && )./$(DEMO),$(value CMD))
is_demo := $(or $(DEMO),$(filter ./demo,$(COHBUF_COMMAND)))
# That of the user test app, which is no library's, lies beside the others.
demo_program = $(build)/app/$(if $(filter test_mmap,$(DEMO)),,demos/)$(DEMO)
demo_files = $(if $(is_demo),$(if $(DEMO),$(demo_program),boards/harness/boot/guest/demo $(build)/app/test_mmap)) \
	$(if $(imports),boards/harness/boot/guest/load-importers $(build)/importers)

# One file a run: two runs may go on at once.
status_file := $(build)/status.$(shell echo $$PPID)

export APPEND QEMU_EXTRA TIMEOUT V
# Of this make alone: those that it calls build, and run no demo.
unexport DEMO

# $(call run_on_board,OPTIONS,FILES,PASS): nothing is built for arguments that cannot be,
# FILES are, and the command's standard input is not for what builds.
run_on_board = @boards/harness/boot/run $(build) --check $(user_options) $(1) "$$COHBUF_COMMAND" && \
	boards/harness/boot/last-word "$(BOARD) is not booted: what it takes could not be built, the lines above say why" \
	$(again) BOARD=$(BOARD) board $(if $(imports),importers) < /dev/null >&2 && \
	boards/harness/boot/run $(build) $(user_options) $(1) --files "$(2) $(FILES)" "$$COHBUF_COMMAND"$(3); \
	status=$$?; mkdir -p $(build); echo $$status > $(status_file)
user_options = --files "$(FILES)" --dtbo "$(abspath $(DTBO))"

.PHONY: run-on-board shell-on-board
run-on-board:
	$(call run_on_board,,$(demo_files),$(if $(is_demo), && echo && echo "PASS: the demo $(DEMO:%=% )on $(BOARD)"))
shell-on-board:
	$(call run_on_board,--shell)

# Where a recipe fails make itself ends with 2, whatever the status was; with the
# extension that exit_status.c is, it ends with that of the command.
end_make = $(shell $(build_exit_status) >&2)$(eval -load $(exit_status))$(exit-with $(guest_status))
exit_status := $(abspath $(O))/exit_status.so
build_exit_status = [ -e $(exit_status) ] || \
	{ gcc -shared -fPIC -o $(exit_status).$$$$ boards/harness/boot/exit_status.c && mv $(exit_status).$$$$ $(exit_status); }
