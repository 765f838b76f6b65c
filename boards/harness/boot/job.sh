# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by what boots an emulated board: what it does there, and how.
#
#	job_begin DIR BOARD COMMAND	what guest/init reads; programs go into DIR/job/root
#	job_end DIR BUILD_DIR		DIR/initramfs: that, behind what the board boots with
#	board_args			arguments of every emulator: no window, no network, and
#					the way out for the programs (guest/host.c)

job_begin() {
	mkdir -p "$1/job/job" "$1/job/root"
	printf '%s\n' "$2" > "$1/job/job/board"
	printf '%s\n' "$3" > "$1/job/job/command"
}

job_end() {
	(cd "$1/job" && find . | cpio --quiet -o -H newc -R 0:0 > ../job.cpio)
	cat "$2/base.cpio" "$2/module.cpio" "$1/job.cpio" > "$1/initramfs"
}

# shellcheck disable=SC2034 # for who sources this
readonly board_args=(-display none -monitor none -nic none -no-reboot
	-semihosting-config "enable=on,userspace=on,target=native")
