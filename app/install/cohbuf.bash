# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for cohbuf. Commands and options come from its --help, so that this
# file need not know them; buffers from sysfs, which needs no rights.

# _cohbuf_words TEXT: those that complete the word at the cursor
_cohbuf_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}"); }

_cohbuf_help() { "${COMP_WORDS[0]}" "$@" --help 2> /dev/null; }

_cohbuf_commands() { _cohbuf_help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p'; }

# _cohbuf_values COMMAND OPTION: those that its help lists, "a|b"
_cohbuf_values() { _cohbuf_help "$1" | sed -n "s/^  $2 \([a-z-]*|[a-z|-]*\)$/\1/p" | tr '|' ' '; }

_cohbuf() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} class=${COHBUF_CLASS:-/sys/class/cohbuf} values=

	COMPREPLY=()
	[[ $before == --* ]] && values=$(_cohbuf_values "$command" "$before")
	if [ "$COMP_CWORD" -eq 1 ]; then
		_cohbuf_words "$(_cohbuf_commands) --help --version"
	elif [[ $word == -* ]]; then
		_cohbuf_words "$(_cohbuf_help "$command" | sed -n 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p')"
	elif [ -n "$values" ]; then
		_cohbuf_words "$values"
	elif [[ $before == --* ]] && _cohbuf_help "$command" | grep -q -- "^  $before [A-Z]"; then
		return
	elif [[ $command == load || $command == save ]] && [ "$COMP_CWORD" -eq 3 ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	elif [ "$COMP_CWORD" -eq 2 ] && _cohbuf_help "$command" | grep -q '^Usage: cohbuf [a-z]* \[\{0,1\}NAME'; then
		_cohbuf_words "$(ls "$class" 2> /dev/null)"
	elif [ "$COMP_CWORD" -eq 2 ] && _cohbuf_help "$command" | grep -q '^Usage: cohbuf [a-z]* \[\{0,1\}COMMAND'; then
		_cohbuf_words "$(_cohbuf_commands)"
	fi
}

complete -o filenames -F _cohbuf cohbuf
