# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by what runs tests: suites, each a program that prints TAP, and "prove",
# which runs those that the user asked for.
#
# Environment: SUITES (patterns of names, for a part of them), JOBS (suites at once),
# PROVE_FLAGS.

suites_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
suites=()

# suites_in FOLDER: where they are kept, so that one can be run again alone
suites_in() {
	scripts=$1
	mkdir -p "$scripts"
}

# script NAME COMMAND...: one suite, run in the project's folder. Another run may be
# about to start the same.
script() {
	local name=$1 new

	shift
	new=$(mktemp "$scripts/.$name.XXXXXX")
	printf '#!/bin/sh\ncd %q || exit\nexec%s\n' "$(readlink -f "$suites_here/../../..")" \
		"$(printf ' %q' "$@")" > "$new"
	mv "$new" "$scripts/$name"
	suites+=("$name")
}

# run_suites JOBS: does not return
run_suites() {
	local name pattern patterns selected=()

	# Not by the shell, which would look for files.
	read -ra patterns <<< "${SUITES:-*}"
	# The longest first, so that none is left alone at the end.
	for name in $(printf '%s\n' "${suites[@]}" | sed -E 's/.*\.(stress|fault|tool|fuzz|storm|copies|unbind)$/0 &/; t; s/^/1 /' | sort | cut -d ' ' -f 2); do
		for pattern in "${patterns[@]}"; do
			# shellcheck disable=SC2053 # a pattern
			[[ $name != $pattern ]] || { selected+=("$name"); break; }
		done
	done
	[ ${#selected[@]} -gt 0 ] || die "no suite is called $SUITES; there are: ${suites[*]}"

	cd "$scripts" || exit
	export PERL5LIB=$suites_here/perl${PERL5LIB:+:$PERL5LIB}
	# No suite takes an input, which a board would ask for.
	# shellcheck disable=SC2086 # options, one a word
	exec prove --timer --formatter CohbufTally --jobs "${JOBS:-$1}" --exec sh ${PROVE_FLAGS:-} "${selected[@]}" < /dev/null
}
