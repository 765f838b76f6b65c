# SPDX-License-Identifier: GPL-2.0-only
#
# Make the manual pages of the library from the comments of its header: one of each function,
# and the overview with the table of them.
#
#   awk -v out=FOLDER -v date=DATE -v version=VERSION -v overview=libcohbuf.3 -f man3.awk cohbuf.h
#
# The kernel's kernel-doc makes pages as well, but only who has the kernel's source has it, and
# "make install" is for anybody's machine: this is POSIX awk. Of its format it knows what the
# header uses: a summary, @PARAMETER:, paragraphs, and Return: with a table of
#   ERRNO	text
#   and those of FUNCTION()
# What it does not understand is an error.

function fail(text) {
	print "man3.awk: " FILENAME ":" FNR ": " text > "/dev/stderr"
	failed = 1
	exit 1
}

# plain TEXT: what roff would take for something else
function plain(text) {
	gsub(/\\/, "\\e", text)
	gsub(/\^/, "\\(ha", text)
	gsub(/~/, "\\(ti", text)
	gsub(/ -/, " \\-", text)
	return text
}

# fonts TEXT: bold what is typed, in italics what stands for something; and where a function
# or a page is named, it is for SEE ALSO
function fonts(text,    done, word, name) {
	done = ""
	while (match(text, /&[a-z_]+\.[a-z_]+|%[A-Z0-9_]+|@[a-z_]+|[a-z_]+\([0-9]?\)|[A-Z]+_[A-Z_0-9]+|errno/)) {
		word = substr(text, RSTART, RLENGTH)
		done = done plain(substr(text, 1, RSTART - 1))
		text = substr(text, RSTART + RLENGTH)
		if (word ~ /^[&@]/) {
			done = done "\\fI" substr(word, 2) "\\fR"
		} else if (word ~ /\)$/) {
			name = substr(word, 1, index(word, "(") - 1)
			sub(/\(\)/, "(3)", word)
			done = done "\\fB" name "\\fR" substr(word, length(name) + 1)
			if (name ~ /^cohbuf_/ && name != page)
				see(name)
		} else if (word == "errno") {
			done = done "\\fIerrno\\fR"
		} else {
			sub(/^%/, "", word)
			done = done "\\fB" word "\\fR"
		}
	}
	return done plain(text)
}

function see(name) {
	if (!((page, name) in seen)) {
		seen[page, name] = 1
		also[page] = also[page] " " name
	}
}

function sentence(text) {
	text = toupper(substr(text, 1, 1)) substr(text, 2)
	return text ~ /[.?:]$/ ? text : text "."
}

# show FILE TEXT: lines of less than 80 characters
function show(file, text,    words, n, i, line) {
	n = split(text, words, " ")
	line = ""
	for (i = 1; i <= n; i++) {
		if (line != "" && length(line " " words[i]) > 79) {
			print line > file
			line = ""
		}
		line = line (line != "" ? " " : words[i] ~ /^[.']/ ? "\\&" : "") words[i]
	}
	if (line != "")
		print line > file
}

# show_prototype FILE TEXT: in lines of less than 80 characters, with the names in italics
function show_prototype(file, text,    head, args, n, i, line, width, macro, name) {
	head = substr(text, 1, index(text, "("))
	n = split(substr(text, length(head) + 1), args, /, */)
	line = head
	macro = ".BI \"" head
	for (i = 1; i <= n; i++) {
		if (i > 1 && length(line args[i]) > 70) {
			print macro "\"" > file
			line = sprintf("%" (length(head) < 40 ? length(head) : 8) "s", "")
			macro = ".BI \"" line
		} else if (i > 1) {
			line = line " "
			macro = macro " "
		}
		line = line args[i] ","
		width = match(args[i], /[a-z_0-9]+(\[[A-Z_]*\])?(\);)?$/)
		name = substr(args[i], RSTART)
		sub(/[^a-z_0-9].*/, "", name)
		if (width > 1)
			macro = macro substr(args[i], 1, width - 1) "\" " name " \"" \
				substr(args[i], width + length(name)) (i < n ? "," : "")
		else
			macro = macro args[i]
	}
	print macro "\"" > file
}

# errors FILE FUNCTION: its own, and those of others that it says it has too
function errors(file, name, listed,    i, n, parts) {
	for (i = 1; i <= errnos[name]; i++) {
		if (errno[name, i] in listed)
			continue
		listed[errno[name, i]] = 1
		print ".TP\n.B " errno[name, i] > file
		show(file, fonts(meaning[name, i]))
	}
	n = split(others[name], parts, " ")
	for (i = 1; i <= n; i++) {
		if (!(parts[i] in summary))
			fail(name "() has the errors of " parts[i] "(), which is not there")
		see(parts[i])
		errors(file, parts[i], listed)
	}
}

function write_page(name,    file, i, n, parts, listed) {
	page = name
	also[page] = ""
	file = out "/" name ".3"
	print ".\\\" SPDX-License-Identifier: LGPL-2.1-or-later" > file
	print ".TH " toupper(name) " 3 \"" date "\" \"cohbuf " version "\" \"Library Functions\"\n.nh" > file
	print ".SH NAME" > file
	show(file, name " \\- " plain(summary[name]))
	print ".SH LIBRARY\nlibcohbuf\n.RB ( \\-lcohbuf ,\nor\n.BR \"pkg\\-config \\-\\-cflags \\-\\-libs cohbuf\" )" > file
	print ".SH SYNOPSIS\n.nf\n.B #include <cohbuf.h>\n.PP" > file
	show_prototype(file, prototype[name])
	print ".fi\n.SH DESCRIPTION" > file
	show(file, fonts(sentence(summary[name])))
	for (i = 1; i <= parameters[name]; i++) {
		print ".TP\n.I " parameter[name, i] > file
		show(file, fonts(about[name, i]))
	}
	for (i = 1; i <= paragraphs[name]; i++) {
		print ".PP" > file
		show(file, fonts(paragraph[name, i]))
	}
	print ".SH RETURN VALUE" > file
	show(file, fonts(returned[name] == "" ? "None." : sentence(returned[name])))
	if (errnos[name] || others[name] != "") {
		show(file, fonts("Then cohbuf_error() has a sentence with what went wrong, and what to do."))
		print ".SH ERRORS" > file
		split("", listed)
		errors(file, name, listed)
	} else {
		print ".SH ERRORS\nNone." > file
	}
	print ".SH SEE ALSO" > file
	n = split(also[name], parts, " ")
	for (i = 1; i <= n; i++)
		print ".BR " parts[i] " (3)," > file
	print ".BR libcohbuf (3),\n.BR cohbuf (4)" > file
	close(file)
}

# The overview, with what only the header knows.
function write_overview(    file, line, i) {
	page = "libcohbuf"
	file = out "/libcohbuf.3"
	while ((getline line < overview) > 0) {
		gsub(/@DATE@/, date, line)
		gsub(/@VERSION@/, version, line)
		if (line != "@FUNCTIONS@") {
			print line > file
			continue
		}
		for (i = 1; i <= functions; i++) {
			print ".TP\n.BR " order[i] " (3)" > file
			show(file, fonts(summary[order[i]]))
		}
	}
	close(file)
}

# Where continued lines go to.
function add(text) {
	if (place == "parameter")
		about[name, parameters[name]] = about[name, parameters[name]] " " text
	else if (place == "return")
		returned[name] = returned[name] " " text
	else if (place == "errno")
		meaning[name, errnos[name]] = meaning[name, errnos[name]] " " text
	else
		fail("what does this belong to: " text)
}

/^\/\*\*$/	{ state = "title"; place = ""; next }

state != "" && /^ \*\/$/ {
	state = state == "struct" ? "" : "prototype"
	next
}

state == "title" {
	sub(/^ \* /, "")
	if (/^struct /) {
		state = "struct"
		next
	}
	if (!/^cohbuf_[a-z_]+\(\) - ./)
		fail("no NAME() - SUMMARY: " $0)
	name = substr($0, 1, index($0, "(") - 1)
	summary[name] = substr($0, index($0, " - ") + 3)
	order[++functions] = name
	state = "text"
	next
}

state == "text" {
	sub(/^ \* ?/, "")
	if ($0 == "") {
		place = "paragraph"
		paragraph[name, paragraphs[name] + 1] = ""
	} else if (/^@[a-z_]+: /) {
		parameter[name, ++parameters[name]] = substr($1, 2, length($1) - 2)
		about[name, parameters[name]] = substr($0, length($1) + 2)
		place = "parameter"
	} else if (/^Return: /) {
		returned[name] = substr($0, 9)
		place = "return"
	} else if (/^  and those of cohbuf_[a-z_]+\(\)$/) {
		others[name] = others[name] " " substr($4, 1, length($4) - 2)
	} else if (/^  E[A-Z0-9]+(, E[A-Z0-9]+)*\t/) {
		errno[name, ++errnos[name]] = substr($0, 3, index($0, "\t") - 3)
		meaning[name, errnos[name]] = substr($0, index($0, "\t") + 1)
		place = "errno"
	} else if (/^  /) {
		fail("neither an errno, a tab and a text nor \"and those of FUNCTION()\": " $0)
	} else if (place == "paragraph") {
		if (paragraph[name, paragraphs[name] + 1] == "")
			paragraphs[name]++
		paragraph[name, paragraphs[name]] = paragraph[name, paragraphs[name]] " " $0
		# What comes next goes on with it.
		place = "paragraphs"
	} else if (place == "paragraphs") {
		paragraph[name, paragraphs[name]] = paragraph[name, paragraphs[name]] " " $0
	} else {
		add($0)
	}
	next
}

state == "prototype" {
	sub(/^[ \t]+/, "")
	prototype[name] = prototype[name] (prototype[name] == "" ? "" : " ") $0
	if (/;$/)
		state = ""
}

END {
	if (failed)
		exit 1
	if (state != "" || !functions)
		fail("it ends in the midst of a comment, or has no function")
	for (i = 1; i <= functions; i++) {
		name = order[i]
		if (match(returned[name], /, as cohbuf_[a-z_]+\(\) has them$/)) {
			others[name] = others[name] " " substr(returned[name], RSTART + 5, RLENGTH - 16)
			returned[name] = substr(returned[name], 1, RSTART - 1)
		}
	}
	for (i = 1; i <= functions; i++)
		write_page(order[i])
	write_overview()
}
