# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the Makefile in the place of all its rules, where arguments.mk refuses what
# make was given: any goal says why, in one line, and nothing else. $(error) has words of
# make's own around it. What -q does is in front-door.mk.

MAKEFLAGS += -q
goals := $(or $(MAKECMDGOALS),help)
.PHONY: $(goals) refused said
$(goals): refused
refused: said
	@exit 1
said:
	+@printf 'cohbuf: error: %s\n' $(call shell_quote,$(refusal)) >&2
