# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, by run: what the console of a board and its emulator said, for
# people, on standard error.
#
#	console_live PID	line by line while the emulator PID runs
#	console_end		that they are all there, once it has ended
#	console_tail [REASON]	the last lines that are not those of every boot; with V=1 they
#				were there already
#	console_reason EVENT	why it died, in the words of the kernel or of the emulator
#
# shellcheck disable=SC2154 # run, BOARD: of run

# guest/init puts this line between the boot and the command.
readonly COMMAND_BEGINS='cohbuf: the command begins'

# What a board that is well says while it boots: a driver from outside the kernel's
# tree, unsigned, and on QEMU virt the PCI window that is larger than 32 bits.
harmless='loading out-of-tree module taints kernel|module verification failed: signature and/or required key missing'
harmless+='|pci-host-generic .*: Memory resource size exceeds max for 32 bits'

live_pids=()
console_live() {
	tail -s 0.1 -n +1 -f --pid="$1" "$run/console.log" 2> /dev/null | sed -u 's/\r$//; s/^/  | /' >&2 &
	live_pids+=($!)
	tail -s 0.1 -n +1 -f --pid="$1" "$run/qemu.log" 2> /dev/null | sed -u 's/^/  QEMU: /' >&2 &
	live_pids+=($!)
}
console_end() {
	[ ${#live_pids[@]} -eq 0 ] || wait "${live_pids[@]}" || true
	live_pids=()
}

# Where the board got so far, what came after its boot.
console_special() {
	tr -d '\r' < "$run/console.log" |
		awk -v mark="$COMMAND_BEGINS" 'index($0, mark) { n = 0; next } { line[n++] = $0 }
			END { for (i = 0; i < n; i++) print line[i] }' |
		grep -avE "$harmless" || true
}

console_tail() {
	local special

	[ "${V:-0}" = 0 ] || return 0
	special=$(console_special)
	if [ -n "$special" ]; then
		say "the last lines of the console of $BOARD (V=1 shows all of it):"
		tail -n 25 <<< "$special" | sed 's/^/  | /' >&2
	elif [ -s "$run/console.log" ]; then
		say "the console of $BOARD says nothing that a good boot does not (V=1 shows it)"
	fi
	# What the reason is anyway is not said twice.
	reason=${1:-} awk 'index(ENVIRON["reason"], $0) == 0 { print "  QEMU: " $0 }' "$run/qemu.log" >&2
}

# console_reason EVENT: of what "run" awaits
console_reason() {
	grep -aoE -m 1 'Kernel panic - not syncing: .*' "$run/console.log" | tr -d '\r' && return
	case $1 in
	"ended 0")	echo "the machine was reset or switched off" ;;
	halted)		echo "its kernel has halted" ;;
	*)		tail -n 1 "$run/qemu.log" | grep . || echo "QEMU ended with status ${1#ended }" ;;
	esac
}
