# SPDX-License-Identifier: GPL-2.0-only
"""The folder of a driver that is not there, for programs with libcohbuf-fake.so before them.

    with Fake() as fake:
        fake.add("frames", size=1 << 20, memory="cached", cache_line=64)
        subprocess.run([program], env={**os.environ, **fake.environment(library)})

fake.h says what is where in it.
"""

import os
import shutil
import tempfile
from pathlib import Path

MAJOR = 240
# Of kinds of memory that no device sees there are no DMA addresses.
DMA = {"dma_bits": 32, "dma_addr": "0x40000000"}


class Fake:
    """A folder with buffers, which is gone in the end; or, in a program that runs with one,
    the folder that another has made.
    """

    def __init__(self, folder=None):
        if folder:
            self.folder = Path(folder)
            return
        self.folder = Path(tempfile.mkdtemp(prefix="cohbuf-fake-")).resolve()
        for name in ("dev", "unbound", "fail", "lies", "pooled", "sys/class/cohbuf", "sys/dev/char",
                     "sys/firmware/devicetree/base"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "calls").touch()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def environment(self, library):
        """What a program is to be run with."""
        return {"COHBUF_FAKE": str(self.folder), "LD_PRELOAD": str(library)}

    def add(self, name, size, node="", memory="coherent", pool=False, interrupt=False, **others):
        """A buffer, or a pool, with the attributes of sysfs: cache_line, dma_coherent, region,
        engine, reg_io_width; dma_addr=None is that of a program without the right.
        """
        attributes = {"size": size, "memory": memory, "cache_line": 0, "dma_coherent": 0,
                      "region": "", "engine": "", "files": 0}
        if memory not in ("vmalloc", "registers"):
            attributes.update(DMA)
        number = f"{MAJOR}:{len(list((self.folder / 'sys/dev/char').iterdir()))}"
        attributes.update(others, dev=number)
        if pool:
            attributes.update(used=0, buffers=0, dma_addr=None)
        if interrupt:
            attributes["interrupts"] = 0
        self._write(name, attributes)
        self._link(name, number, node or f"/{name}")
        self._make(name)

    def _write(self, name, attributes):
        device = self.folder / f"sys/devices/platform/{name}/cohbuf/{name}"
        device.mkdir(parents=True)
        for attribute, value in attributes.items():
            if value is not None:
                (device / attribute).write_text(f"{value}\n")

    def _link(self, name, number, node):
        """As the kernel does, but for the depth of its folders."""
        sys = self.folder / "sys"
        device = f"../../devices/platform/{name}/cohbuf/{name}"
        (sys / "class/cohbuf" / name).symlink_to(device)
        (sys / f"dev/char/{number}").symlink_to(device)
        tree = sys / "firmware/devicetree/base" / node.lstrip("/")
        tree.mkdir(parents=True, exist_ok=True)
        platform = sys / "devices/platform" / name
        (platform / "of_node").symlink_to(os.path.relpath(tree, platform))
        (platform / "cohbuf" / name / "device").symlink_to("../..")
        (platform / "cohbuf" / name / "subsystem").symlink_to("../../../../../class/cohbuf")

    def _make(self, name):
        file, said = self.folder / "dev" / name, self.folder / "sys/class/cohbuf" / name
        file.touch()
        if not (said / "used").exists():
            os.truncate(file, int((said / "size").read_text()))

    def unbind(self, name):
        """Calls are ENODEV from now on, and a touch of a mapping is SIGBUS."""
        (self.folder / "unbound" / name).touch()
        os.truncate(self.folder / "dev" / name, 0)
        for file in (self.folder / "pooled").glob(f"{name}.*"):
            os.truncate(file, 0)

    def bind(self, name):
        """With new memory: who has the old file has nothing."""
        (self.folder / "dev" / name).unlink()
        self._make(name)
        (self.folder / "unbound" / name).unlink()

    def fail(self, call, error):
        """The next such call fails with this errno."""
        (self.folder / "fail" / call).write_text(f"{error}\n")

    def forbid(self, name, mode=0):
        """Who may open it: the owner's bits of a mode, also for root."""
        (self.folder / "dev" / name).chmod(mode)

    def calls(self):
        """Those that were made since the last time."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines()
        os.truncate(file, 0)
        return lines

    def bytes(self, name):
        """What a device would see."""
        return (self.folder / "dev" / name).read_bytes()

    def write(self, name, offset, data):
        """What a device would write."""
        with open(self.folder / "dev" / name, "r+b") as file:
            file.seek(offset)
            file.write(data)
