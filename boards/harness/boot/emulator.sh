# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced, after say.sh, job.sh and console.sh, by run: one emulator, from its start to
# its end.
#
#	start		with run's board, job and arguments
#	stop		whatever it does
#	await SECONDS	the next event, in $event: what the board says ("up", "status N"),
#			"ended STATUS" of the emulator, "halted" where the kernel is dead
#			and the machine is not, "timeout" when there is none
#	await_up	"up", or what there is in its place; false where the emulator stands
#			still
#	alive		it has shown that it lives
#
# shellcheck disable=SC2154 # of run
qemu_pid='' event=''

await() {
	read -r -t "$1" -u "$events" event || event=timeout
}

start() {
	local input

	# A job in the background would read /dev/null instead.
	exec {input}<&0
	(
		cd "$run" || exit
		# shellcheck disable=SC2086 # lists of arguments
		"$QEMU" -name debug-threads=on $BOARD_QEMU_ARGS "${board_args[@]}" "${console_args[@]}" \
			-kernel "${KERNEL_UNPACKED:-$KERNEL}" -dtb "$dtb" -initrd initramfs \
			-append "$append$one_cpu$appended" \
			${QEMU_EXTRA:-} {events}>&- <&"$input" >> "$qemu_out" 2>> "$qemu_log" &
		echo "pid $!" >&"$events"
		status=0
		wait $! 2> /dev/null || status=$?
		echo "ended $status" >&"$events"
	) &
	exec {input}<&-
	await 10
	qemu_pid=${event#pid }
	[ "${V:-0}" = 0 ] || [ -n "$shell" ] || console_live "$qemu_pid"

	# Not every machine can reset itself: its emulator would go on for ever.
	{
		grep -q -m 1 -e 'end Kernel panic' -e 'System halted' \
			< <(exec tail -n +1 -f --pid="$qemu_pid" "$run/console.log") && echo halted >&"$events"
	} 2> /dev/null &
}

stop() {
	kill -KILL "$qemu_pid" 2> /dev/null || true
	case $event in ended*) ;; *) await "$GONE_TIMEOUT" ;; esac
	qemu_pid=''
	console_end
}

# Hundredths of a second that the guest's processors have worked for: utime and stime of
# proc(5), of the threads that debug-threads=on names "CPU 0/TCG" and the like. What the
# emulator needs for its own start, seconds on a slow machine, is none of it.
worked() {
	local task stat fields sum=0

	for task in "/proc/$qemu_pid/task"/*; do
		{ read -r stat < "$task/stat"; } 2> /dev/null || continue
		case $stat in *"CPU"*/*") "*) ;; *) continue ;; esac
		read -r -a fields <<< "${stat##*) }"
		sum=$((sum + fields[11] + fields[12]))
	done
	echo "$sum"
}

# Has it said anything, or worked?
alive() {
	[ -s "$run/console.log" ] || [ "$(worked)" -gt 50 ]
}

# One emulator in some hundred hangs, before its first byte or later. Who boots, on a busy
# machine too, works for more than a tenth of the time.
await_up() {
	local sixth=$(((UP_TIMEOUT + 5) / 6)) left=$UP_TIMEOUT before=0 now

	while [ "$left" -gt 0 ]; do
		await $((left < sixth ? left : sixth))
		[ "$event" = timeout ] || return 0
		[ "$left" -lt "$UP_TIMEOUT" ] || say "$BOARD is not up after $sixth s; it has $UP_TIMEOUT s"
		now=$(worked)
		[ "$left" -eq "$UP_TIMEOUT" ] || [ $((now - before)) -gt $((10 * sixth)) ] || return 1
		before=$now
		left=$((left - sixth))
	done
}
