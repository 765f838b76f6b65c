# SPDX-License-Identifier: GPL-2.0-only
"""Of deb_test: the library's packages and the demos'. They are built without a package of the
architecture that they are for, so what dpkg would know of its libc is looked at here.
"""

import gzip
import re

import tap
from contract import TOP, project_version

TRIPLET = {"armhf": "arm-linux-gnueabihf", "arm64": "aarch64-linux-gnu"}
EMULATOR = {"armhf": "qemu-arm", "arm64": "qemu-aarch64"}
SONAME = f"libcohbuf.so.{project_version().split('.')[0]}"
DEMOS = sorted(file.stem for file in (TOP / "app/demos").glob("*.c"))
SOURCES = sorted(file.name for file in (TOP / "app/demos").glob("*.[cp]*"))
FUNCTIONS = re.findall(r"^\t(cohbuf_[a-z_]+);", (TOP / "app/lib/libcohbuf.map").read_text(), re.M)
MODULE = sorted(file.name for file in (TOP / "app/python/cohbuf").iterdir() if file.is_file())
PACKAGES_OF_PYTHON = "usr/lib/python3/dist-packages"
SAYS = 'cannot open "frames": No such file or directory: "cohbuf list" shows'


def files_in(deb):
    """But for what each package of Debian has, and exceptions of lintian's."""
    lines = tap.run("dpkg", "-c", deb).out.splitlines()
    names = [line.split()[5].removeprefix("./") for line in lines]
    every = re.compile(r"(.*/)?$|usr/share/doc/[^/]*/(copyright|changelog)|usr/share/lintian/")
    return {name for name in names if not every.match(name)}


def are_equal(found, wanted):
    tap.expect(found == wanted, f"found:  {found}", f"wanted: {wanted}")


def are_these(found, wanted):
    tap.expect(found == wanted, "too much or not there:", *sorted(found ^ wanted))


def field(deb, name):
    return tap.run("dpkg", "-f", deb, name).out.strip()


def runtime_is_this(deb, arch):
    folder = f"usr/lib/{TRIPLET[arch]}"
    are_these(files_in(deb), {f"{folder}/{SONAME}", f"{folder}/libcohbuf.so.{project_version()}"})


def development_is_this(deb, arch):
    folder = f"usr/lib/{TRIPLET[arch]}"
    pages = {f"usr/share/man/man3/{name}.3.gz" for name in ["libcohbuf", *FUNCTIONS]}
    are_these(files_in(deb), pages | {
        "usr/include/cohbuf.h", f"{folder}/libcohbuf.a", f"{folder}/libcohbuf.so",
        f"{folder}/pkgconfig/cohbuf.pc"})


def development_depends_on_this_version(deb):
    version = project_version()
    are_equal(field(deb, "Depends"), f"libcohbuf0 (= {version}), cohbuf-dev (= {version})")


def library_of(root, arch):
    return root / f"usr/lib/{TRIPLET[arch]}/{SONAME}"


def asks_for_no_newer_libc(deb, root, arch):
    """Than the package depends on: symbols have the version of libc that they came with."""
    depends = re.fullmatch(r"libc6 \(>= (2\.[0-9]+)\)", field(deb, "Depends"))
    tap.expect(depends, field(deb, "Depends"))
    said = tap.run(f"{TRIPLET[arch]}-objdump", "-T", library_of(root, arch)).out
    versions = {tuple(map(int, version.split(".")))
                for version in re.findall(r"GLIBC_([0-9.]+)", said)}
    wanted = tuple(map(int, depends[1].split(".")))
    tap.expect(versions and max(versions) <= wanted, f"it needs {max(versions)}", said)


def symbols_are_those_of_the_map(control):
    lines = (control / "symbols").read_text().splitlines()
    found = {line.split("@")[0].strip() for line in lines if line.startswith(" ")}
    are_these(found, {*FUNCTIONS, "COHBUF_0.1"})


def program_runs(root, header_root, arch, option):
    """That of libcohbuf(3): against the packages, and then with the library of them."""
    page = gzip.decompress((root / "usr/share/man/man3/libcohbuf.3.gz").read_bytes()).decode()
    text = re.search(r"^\.EX\n(.*?)^\.EE", page, re.M | re.S)[1].replace(r"\e", "\\")
    (root / "example.c").write_text(text)
    folder = root / "usr/lib" / TRIPLET[arch]
    tap.run("sh", "-c", f'{TRIPLET[arch]}-gcc {option} -o example example.c -I "$1" '
            f"$(pkg-config {option.replace('-', '--', 1)} --cflags --libs cohbuf)", "sh",
            header_root / "usr/include", cwd=root,
            env={"PKG_CONFIG_LIBDIR": folder / "pkgconfig", "PKG_CONFIG_SYSROOT_DIR": root})
    ran = tap.run(EMULATOR[arch], "-L", f"/usr/{TRIPLET[arch]}", "-E", f"LD_LIBRARY_PATH={folder}:"
                  f"/usr/{TRIPLET[arch]}/lib", root / "example", status=1, env={"LC_ALL": "C"})
    tap.expect(ran.err.startswith(SAYS), ran.said)


def demos_are_these(deb):
    built = {f"usr/libexec/cohbuf-demos/{name}" for name in DEMOS}
    sources = {f"usr/share/doc/cohbuf-demos/examples/{name}" for name in SOURCES}
    are_these(files_in(deb), built | sources)


def sources_are_those_of_the_tree(root):
    for name in SOURCES:
        tap.run("cmp", TOP / f"app/demos/{name}",
                root / f"usr/share/doc/cohbuf-demos/examples/{name}")


def module_is_this(deb, root):
    are_these(files_in(deb), {f"{PACKAGES_OF_PYTHON}/cohbuf/{name}" for name in MODULE})
    installed = root / PACKAGES_OF_PYTHON / "cohbuf"
    for name in MODULE:
        tap.run("cmp", TOP / "app/python/cohbuf" / name, installed / name)


def module_depends_on_the_library(deb):
    depends = field(deb, "Depends").split(", ")
    tap.expect({f"libcohbuf0 (>= {project_version()})", "python3:any"} <= set(depends), *depends)


def module_is_compiled_there(control):
    """By what dh_python3 adds."""
    tap.expect("py3compile -p python3-cohbuf" in (control / "postinst").read_text())


def check_python(debs, root, control):
    deb = debs / f"python3-cohbuf_{project_version()}_all.deb"
    tap.check("deb.module_of_python_is_this", module_is_this, deb, root)
    tap.check("deb.module_of_python_depends_on_the_library", module_depends_on_the_library, deb)
    tap.check("deb.module_of_python_is_compiled_there", module_is_compiled_there, control)


def check(arch, debs, root, header_root, control_of):
    """What is unpacked in root; the header of the ABI is in another."""
    version = project_version()
    runtime, development, demos = (debs / f"{name}_{version}_{arch}.deb" for name in (
        "libcohbuf0", "libcohbuf-dev", "cohbuf-demos"))
    name = f"deb.{arch}_library"
    tap.check(f"{name}_is_this", runtime_is_this, runtime, arch)
    tap.check(f"{name}_is_for_development_this", development_is_this, development, arch)
    tap.check(f"{name}_is_developed_with_this_version", development_depends_on_this_version,
              development)
    for deb in runtime, development:
        tap.check(f"deb.{arch}_{deb.name.split('_')[0]}_can_be_of_two_architectures",
                  lambda: are_equal(field(deb, "Multi-Arch"), "same"))
    tap.check(f"{name}_asks_for_no_newer_libc", asks_for_no_newer_libc, runtime, root, arch)
    tap.check(f"{name}_has_symbols_of_the_map", symbols_are_those_of_the_map,
              control_of("libcohbuf0", arch))
    tap.check(f"{name}_runs_the_program_of_its_page", program_runs, root, header_root, arch, "")
    tap.check(f"{name}_runs_the_program_statically", program_runs, root, header_root, arch,
              "-static")
    tap.check(f"deb.{arch}_demos_are_these", demos_are_these, demos)
    tap.check(f"deb.{arch}_sources_of_demos_are_those_of_the_tree", sources_are_those_of_the_tree,
              root)
