# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, by enter: a path that the user gives is that of the same file in
# the tools' root, or one line says what to do.
#
#	root_has_its_own PATH	there it is not this machine's
#	paths_inside		sets paths: NAME=VALUE for the make inside, of each variable
#				whose files are called otherwise there
#	paths_within		looks at what other programs are given
#	archive_binds		adds to arguments what shows apt an archive that is a folder
#
# shellcheck disable=SC2154 # tree, cache, out, inside_out, root: of enter

# One path, or none; and words, each a path.
readonly PATHS='KERNEL_SRC FARM' LISTS_OF_PATHS='FILES DTBO'
# For other programs, which know where in it a path may be.
readonly WITH_PATHS='SSH QEMU_EXTRA'

root_has_its_own() {
	case $1 in /run/user/* | /run/udev/*) return 1 ;; esac
	[[ $1 =~ ^/(bin|boot|cache|cohbuf|etc|lib[^/]*|lost\+found|out|run|sbin|usr|var)(/|$) ]]
}

# elsewhere PATH: sets path; true for what is in a folder that has another place inside
elsewhere() {
	case $1 in
	"$tree" | "$tree"/*)	path=.${1#"$tree"} ;;
	"$cache" | "$cache"/*)	path=/cache${1#"$cache"} ;;
	"$out" | "$out"/*)	path=$inside_out${1#"$out"} ;;
	*)			return 1 ;;
	esac
}

# same_inside NAME PATH: sets path. Its own name is kept where it can be, but what it is
# a link to has to be there as well.
same_inside() {
	local whole real

	whole=$(realpath -ms -- "$2") real=$(realpath -m -- "$2")
	! root_has_its_own "$real" || elsewhere "$real" || not_inside "$1" "$2" "$real"
	elsewhere "$whole" && return
	path=$whole
	! root_has_its_own "$whole" && ! root_has_its_own "$real" || elsewhere "$real" || path=$real
}

# not_inside NAME PATH REAL
not_inside() {
	local top=${3#/} words=''

	[[ " $LISTS_OF_PATHS " != *" $1 "* ]] || words=' (each word is a name, which can have no space)'
	# A pattern is for the shell inside.
	[[ -e $2 || $2 == *[*?[]* ]] || die "$1: there is no $2$words"
	die "$1: $2 is not there for the tools, which have their own /${top%%/*}: put it into another place, as the home or /tmp"
}

paths_inside() {
	local name word words path value

	paths=()
	for name in $PATHS $LISTS_OF_PATHS; do
		value=''
		case " $PATHS " in
		*" $name "*)	words=(${!name:+"${!name}"}) ;;
		*)		read -r -d '' -a words <<< "${!name:-}" || : ;;
		esac
		for word in ${words+"${words[@]}"}; do
			same_inside "$name" "$word"
			# As it was written, where that will do.
			case $word in /* | .. | ../* | */../*) ;; *) path=$word ;; esac
			value+=${value:+ }$path
		done
		[ "$value" = "${words[*]-}" ] || paths+=("$name=${value//\$/\$\$}")
	done
}

paths_within() {
	local name word real

	for name in $WITH_PATHS; do
		while IFS= read -r word; do
			[[ $word == /* ]] || continue
			real=$(realpath -m -- "$word")
			! root_has_its_own "$real" || [ ! -e "$word" ] || [ -e "$root$real" ] || not_inside "$name" "$word" "$real"
		done < <(tr -s ' \t,=' '\n' <<< "${!name:-}")
	done
}

archive_binds() {
	local uri folder place

	for uri in "${COHBUF_ARCHIVE:-}" "${COHBUF_ARCHIVE_SECURITY:-}"; do
		[[ $uri =~ ^(file|copy):/ ]] || continue
		folder=$(sed 's,^[a-z]*:/*,/,; s,%20, ,g' <<< "$uri")
		[ -d "$folder" ] || continue
		for place in "$folder" "$(realpath -- "$folder")"; do
			! root_has_its_own "$place" || arguments+=(--ro-bind "$folder" "$place")
		done
	done
}
