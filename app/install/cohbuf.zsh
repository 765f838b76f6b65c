#compdef cohbuf
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for cohbuf. Commands and options come from its --help, so that this
# file need not know them; buffers from sysfs, which needs no rights.

# _cohbuf_told EXPRESSION [ARG]...: of what "cohbuf ARG... --help" prints, by sed
_cohbuf_told() { $words[1] $@[2,-1] --help 2> /dev/null | sed -n $1; }

# _cohbuf_commands: NAME:SUMMARY, one a line
_cohbuf_commands() { _cohbuf_told '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\)  *\(.*\)/\1:\2/p'; }
# _cohbuf_options [COMMAND]: --NAME:SUMMARY
_cohbuf_options() { _cohbuf_told 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\)\( [A-Z]*\)\{0,1\}  *\(.*\)/\2:\4/p' $@; }
# _cohbuf_values COMMAND OPTION: those that its help lists, "a|b"
_cohbuf_values() { _cohbuf_told "s/^  $2 \([a-z-]*|[a-z|-]*\)\$/\1/p" $1; }
# _cohbuf_argument COMMAND: NAME, COMMAND, or nothing
_cohbuf_argument() { _cohbuf_told '1s/^Usage: cohbuf [a-z]* \[\{0,1\}\(NAME\|COMMAND\).*/\1/p' $1; }

_cohbuf() {
	local command=$words[2] before=$words[CURRENT-1] class=${COHBUF_CLASS:-/sys/class/cohbuf}
	local -a found values

	[[ $before == --* ]] && values=(${(s:|:)"$(_cohbuf_values $command $before)"})
	if [[ $words[CURRENT] == -* ]]; then
		(( CURRENT > 2 )) && found=(${(f)"$(_cohbuf_options $command)"}) || found=(${(f)"$(_cohbuf_options)"})
		_describe -o option found
	elif (( CURRENT == 2 )); then
		found=(${(f)"$(_cohbuf_commands)"})
		_describe command found
	elif (( $#values )); then
		_describe value values
	elif [[ $before == --* && -n $(_cohbuf_told "/^  $before [A-Z]/p" $command) ]]; then
		_message value
	elif [[ $command == (load|save) ]] && (( CURRENT == 4 )); then
		_files
	elif (( CURRENT == 3 )); then
		case $(_cohbuf_argument $command) in
		NAME)		found=($class/*(N:t)) && _describe buffer found ;;
		COMMAND)	found=(${(f)"$(_cohbuf_commands)"}) && _describe command found ;;
		esac
	fi
}

_cohbuf "$@"
