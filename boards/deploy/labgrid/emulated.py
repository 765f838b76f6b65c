# SPDX-License-Identifier: GPL-2.0-only
"""An emulated board as a driver of labgrid: a command and its files, and a status."""
import os
import subprocess

import attr
from labgrid.driver import Driver
from labgrid.driver.commandmixin import CommandMixin
from labgrid.factory import target_factory
from labgrid.protocol import CommandProtocol, FileTransferProtocol
from labgrid.step import step

RUN = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../harness/boot/run")


@target_factory.reg_driver
@attr.s(eq=False)
class EmulatedBoardDriver(CommandMixin, Driver, CommandProtocol, FileTransferProtocol):
    """
    Boots a board anew for each command, in the folder of the files that were put. Standard
    output never goes through the console. A command also fails where the kernel complained.

    Args:
        build (str): what "make board BOARD=NAME" made
    """
    build = attr.ib(validator=attr.validators.instance_of(str))

    def __attrs_post_init__(self):
        super().__attrs_post_init__()
        self.files = {}

    def _run(self, cmd, *, timeout=300.0, codec="utf-8", decodeerrors="strict"):
        done = subprocess.run(
            [RUN, self.build, "--files", " ".join(self.files.values()), cmd],
            env=os.environ | {"TIMEOUT": str(int(timeout))},
            stdin=subprocess.DEVNULL, capture_output=True, check=False)
        out, err = (text.decode(codec, decodeerrors).splitlines()
                    for text in (done.stdout, done.stderr))
        return out, err, done.returncode

    @Driver.check_active
    @step(args=["cmd"], result=True)
    def run(self, cmd, timeout=300.0, codec="utf-8", decodeerrors="strict"):
        return self._run(cmd, timeout=timeout, codec=codec, decodeerrors=decodeerrors)

    def get_status(self):
        return 1

    @Driver.check_active
    def put(self, filename, remotepath=""):
        """For the commands to come; a board that is booted anew has nothing else."""
        name = os.path.basename(filename)
        if remotepath not in ("", name):
            raise ValueError(f"{name} keeps its name: it cannot become {remotepath}")
        self.files[name] = os.path.realpath(filename)

    def get(self, filename, destination=""):
        raise NotImplementedError("the board is gone when its command has ended")
