# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by the checkers of "make lint", which are run in the project's folder.
#
#	sources PATTERN...	the files of the project, committed or not
#	each NAME FILE... -- COMMAND...		a check for each file: COMMAND... FILE
#	excepted CHECKER	the exceptions of lint/exceptions: a line each, FILE WHAT

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." || exit
# shellcheck source=boards/harness/tap.sh
. boards/harness/tap.sh

sources() {
	local file

	git ls-files --cached --others --exclude-standard --deduplicate -- "$@" | while read -r file; do
		[ ! -e "$file" ] || echo "$file"
	done
}

each() {
	local name=$1 file files=()

	shift
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	for file in "${files[@]}"; do
		check "$name.$file" "$@" "$file"
	done
	[ ${#files[@]} -gt 0 ] || check "$name.has_files" false
}

# What is excepted from a checker in a file, one a line; FILE may be any.
excepted() {
	local checker=$1 file=$2 its pattern what _

	while read -r its pattern what _; do
		# shellcheck disable=SC2053 # a pattern
		[ "$its" != "$checker" ] || [[ $file != $pattern ]] || echo "$what"
	done < boards/harness/lint/exceptions
}
