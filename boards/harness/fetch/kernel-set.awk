# SPDX-License-Identifier: GPL-2.0-only
#
# Choose the packages of one kernel: the newest version that all of them have. See
# kernel-set.sh.
#
# Input: what the archive offers, newest version first, between tabs: suite,
# architecture, package, version, SHA256, what it depends on, URI.
#
# Variables: arch; hosts, the architectures that build its modules, between blanks; and
#	package, suite, release	a kernel's metapackage, its suite, and how the release of
#				the kernel must begin, if at all; or
#	headers			the headers of one kernel, without the kernel
#
# Output, between tabs: "say" or "die" and a sentence, and, unless it is "die",
#	version VERSION RELEASE
#	take PACKAGE ARCHITECTURE VERSION SHA256	for each package
BEGIN {
	FS = OFS = "\t"
	family = " " suite " " suite "-updates " suite "-security "
	flavour = substr(package, length("linux-image-") + 1)
	split(hosts, hosts_of, " ")
}

# The same may be in the indexes of several suites and architectures.
{
	is_of_family = index(family, " " $1 " ") > 0
	if (!(($3, $2, $4) in sha)) {
		sha[$3, $2, $4] = $5
		depends[$3, $2, $4] = $6
		# From the newest on, one space before each.
		versions[$3, $2] = versions[$3, $2] " " $4
		if (!($4 in older)) older[$4] = NR
	}
	if (is_of_family && !(($3, $2) in newest_of_family)) newest_of_family[$3, $2] = $4
}

# The ABI of a kernel with our flavour: what is between, where the common headers have
# the same. That leaves "rt-armmp" out, which ends as "armmp" does.
is_of_family && !headers && $2 == arch && index($3, "linux-headers-") == 1 {
	at = length($3) - length(flavour)
	if (substr($3, at) != "-" flavour) next
	abi = substr($3, length("linux-headers-") + 1, at - length("linux-headers-") - 1)
	if (index($6, "linux-headers-" abi "-common") != 1 && !index($6, " linux-headers-" abi "-common")) next
	if (($3, $4) in is_candidate) next
	is_candidate[$3, $4] = 1
	candidate[++candidates] = abi
	version_of[candidates] = $4
}
headers && $2 == arch && $3 == headers && !(($3, $4) in is_candidate) {
	is_candidate[$3, $4] = 1
	version_of[++candidates] = $4
}

# The first that it depends on whose name begins so.
function dependency(name, version, prefix,	parts, n, i, word) {
	n = split(depends[name, arch, version], parts, / *[,|] */)
	for (i = 1; i <= n; i++) {
		word = parts[i]
		sub(/ .*/, "", word)
		if (index(word, prefix) == 1) return word
	}
	return ""
}

# Take a package, or say in "lacks" why not. Common headers and sources are for all.
function take(name, its_arch, version,	newest) {
	if (lacks) return
	if (!((name, its_arch, version) in sha) && (name, "all", version) in sha) its_arch = "all"
	if ((name, its_arch, version) in sha) {
		taken[++takes] = name OFS its_arch OFS version OFS sha[name, its_arch, version]
		return
	}
	newest = versions[name, its_arch] ? versions[name, its_arch] : versions[name, "all"]
	sub(/^ /, "", newest)
	sub(/ .*/, "", newest)
	lacks = name " for " its_arch (newest ? " is " newest : " is not there")
}

# Debian's headers are content with newer tools than their own.
function take_tools(name, its_arch, version,	list, n, i) {
	if (headers && !((name, its_arch, version) in sha)) {
		n = split(versions[name, its_arch], list, " ")
		for (i = n; i > 0 && older[list[i]] >= older[version]; i--) ;
		if (i > 0) {
			newer = name " for " its_arch " is " list[i] ", and the headers are " version
			version = list[i]
		}
	}
	take(name, its_arch, version)
}

function take_kernel(abi, version,	i, n, its, image, prefixes, kbuild) {
	takes = 0
	lacks = newer = ""
	its = headers ? headers : "linux-headers-" abi "-" flavour
	if (!headers) {
		image = "linux-image-" abi "-" flavour
		take(image, arch, version)
		# From 7 on the image's package is empty, and what was in it is in three.
		n = split("linux-binary- linux-modules- linux-base-", prefixes, " ")
		for (i = 1; i <= n; i++)
			if (dependency(image, version, prefixes[i]))
				take(dependency(image, version, prefixes[i]), arch, version)
	}
	take(its, arch, version)
	take(dependency(its, version, "linux-headers-"), arch, version)
	kbuild = dependency(its, version, "linux-kbuild-")
	for (i = 1; i in hosts_of; i++)
		take_tools(kbuild, hosts_of[i], version)
	# See headers.sh: modpost.
	if (arch == "armhf" && !index(" " hosts " ", " armhf "))
		take_tools(kbuild, arch, version)
	if (!headers)
		take("linux-source-" series_of(version), arch, version)
	return !lacks
}

function series_of(version,	parts) {
	split(version, parts, ".")
	return parts[1] "." parts[2]
}

function begins(text, with) {
	return with == "" || (index(text, with) == 1 && substr(text, length(with) + 1, 1) !~ /[0-9]/)
}

END {
	newest = newest_of_family[package, arch]
	if (!headers && !newest) {
		print "die", "Debian's " suite " does not offer " package " for " arch
		exit
	}
	series = headers ? "" : release ? release : series_of(newest)
	for (i = 1; i <= candidates; i++) {
		if (!begins(version_of[i], series)) continue
		# Signed images come some days after their headers.
		if (!headers && !(("linux-image-" candidate[i] "-" flavour, arch, version_of[i]) in sha)) continue
		any = 1
		if (take_kernel(candidate[i], version_of[i])) break
		if (!why) why = (headers ? headers : package) " " version_of[i] " for " arch ", but " lacks
	}
	if (!any && headers) {
		print "die", "Debian offers no " headers " for " arch
	} else if (!any) {
		print "die", "Debian's " suite " has gone on to " newest " of " package " for " arch ", and " series " is not there any more"
	} else if (i > candidates) {
		print "die", "Debian has " why ", and no older version is whole"
	} else {
		if (why) print "say", "Debian has " why ": taking " version_of[i]
		if (newer) print "say", newer ": taking that"
		print "version", version_of[i], (headers ? substr(headers, length("linux-headers-") + 1) : candidate[i] "-" flavour)
		if (!headers) {
			busybox = newest_of_family["busybox-static", arch]
			if (!busybox) {
				busybox = versions["busybox-static", arch]
				sub(/^ /, "", busybox)
				sub(/ .*/, "", busybox)
			}
			lacks = ""
			take("busybox-static", arch, busybox)
			if (lacks) print "die", "Debian's " lacks
		}
		for (i = 1; i <= takes; i++) print "take", taken[i]
	}
}
