# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for cohbuf. Commands and options come from its --help, so that this
# file need not know them; buffers from sysfs, which needs no rights.

# __cohbuf_told EXPRESSION [ARG]...: of what "cohbuf ARG... --help" prints, by sed
function __cohbuf_told
    cohbuf $argv[2..] --help 2>/dev/null | sed -n $argv[1]
end

# NAME, a tab, SUMMARY
function __cohbuf_commands
    __cohbuf_told '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\)  *\(.*\)/\1\t\2/p'
end

# __cohbuf_values COMMAND OPTION: those that its help lists, "a|b"
function __cohbuf_values
    __cohbuf_told "s/^  $argv[2] \([a-z-]*|[a-z|-]*\)\$/\1/p" $argv[1] | string split '|'
end

function __cohbuf_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l class /sys/class/cohbuf
    set -l values
    string match -q -- '--*' $words[-1]; and set values (__cohbuf_values $words[2] $words[-1])
    set -q COHBUF_CLASS; and set class $COHBUF_CLASS

    if string match -q -- '-*' $word
        __cohbuf_told 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\)\( [A-Z]*\)\{0,1\}  *\(.*\)/\2\t\4/p' $words[2]
    else if test (count $words) -eq 1
        __cohbuf_commands
    else if test (count $values) -gt 0
        printf '%s\n' $values
    else if string match -q -- '--*' $words[-1]; and __cohbuf_told "/^  $words[-1] [A-Z]/p" $words[2] | string match -q '*'
        return
    else if contains -- $words[2] load save; and test (count $words) -eq 3
        __fish_complete_path $word
    else if test (count $words) -eq 2
        switch (__cohbuf_told '1s/^Usage: cohbuf [a-z]* \[\{0,1\}\(NAME\|COMMAND\).*/\1/p' $words[2])
            case NAME
                command ls $class 2>/dev/null
            case COMMAND
                __cohbuf_commands
        end
    end
end

complete -c cohbuf -f -a '(__cohbuf_complete)'
