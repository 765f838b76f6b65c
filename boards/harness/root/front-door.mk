# SPDX-License-Identifier: GPL-2.0-only
#
# make on the user's machine: all that builds, boots and checks runs by the same
# make in the tools' root, which boards/harness/root/enter makes and enters.
#
# Takes O, CACHE, BOARD; what else is given goes with it.

on_host	:= help clean cache cache-clean cache-export cache-import install uninstall
inside	:= $(filter-out $(on_host),$(MAKECMDGOALS))

ifneq ($(inside),)
export O CACHE
# Not as BOARD, so that the inner make can tell whether the user gave one.
export COHBUF_BOARD := $(BOARD)

# What went wrong is to be the last word. Where a recipe fails make adds a line of its own
# and ends with 2; so it does not fail, and the status is in a file. With the extension
# that exit_status.c is, which was built inside, make ends with that. Before there is one
# make ends with 1 by -q, the only option that makes it end so without a word: it asks
# whether anything is to be done, and runs no recipe but those that begin with "+".
ifeq ($(filter $(on_host),$(MAKECMDGOALS)),)
MAKEFLAGS += -q
endif
status_file := $(shell mktemp)
# By a path that has no space in it.
extension := $(status_file).so
end_make = $(if $(shell readlink $(extension)),$(eval -load $(extension)(exit_status_gmk_setup))$(shell rm -f $(extension))$(exit-with $(status)))

.PHONY: $(inside) in-the-root end-as-inside
$(inside): end-as-inside
# Once, however many goals there are.
end-as-inside: in-the-root
	$(eval status := $(shell cat $(status_file); rm -f $(status_file)))
	$(if $(filter 0,$(status)),$(shell rm -f $(extension)),$(end_make)@exit $(status))
in-the-root:
	+@trap 'rm -f $(status_file); exit 130' INT TERM HUP; boards/harness/root/enter $(inside); echo $$? > $(status_file); \
	[ ! -e "$$O/exit_status.so" ] || ln -sf "$$(realpath "$$O")/exit_status.so" $(extension)
endif
