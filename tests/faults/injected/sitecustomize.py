"""Loaded by the interpreter of a started command (PYTHONPATH) to break it where SDSCAN_FAULT says. No part of sdscan.

    slow:SECONDS        every file takes that long to open
    kill:SUFFIX         opening a file whose name ends so kills the process, if it is a worker
    kill-once:SUFFIX    the same, the first time only (remembered in SDSCAN_FAULT_DIR)
    bug:SUFFIX          opening it raises what sdscan does not expect
    memory:SUFFIX       opening it finds no memory
    no-module:NAME      importing that module fails
    slow-start          says when the first module of sdscan's command line is imported
"""

import multiprocessing
import os
import signal
import sys
import time

_kind, _, _what = os.environ.get("SDSCAN_FAULT", "").partition(":")
_open = os.open
_BEGAN = os.getpid()


def _is_worker():  # type: ignore[no-untyped-def]
    return os.getpid() != _BEGAN or multiprocessing.parent_process() is not None or ("ray" in sys.modules and sys.argv[0].endswith("default_worker.py"))


def _broken(path, flags, mode=0o777, *, dir_fd=None):  # type: ignore[no-untyped-def]
    name = os.fsdecode(path)
    if name.endswith(".png") and _kind == "slow":
        time.sleep(float(_what))
    elif _what and name.endswith(_what):
        if _kind == "bug":
            raise RuntimeError("injected")
        if _kind == "memory":
            raise MemoryError
        if _kind.startswith("kill") and _is_worker():
            mark = os.path.join(os.environ["SDSCAN_FAULT_DIR"], os.path.basename(name))
            if _kind == "kill" or not os.path.exists(mark):
                with open(mark, "ab") as file:
                    file.write(b"x")
                os.kill(os.getpid(), signal.SIGKILL)
    return _open(path, flags, mode, dir_fd=dir_fd)


class _Told:
    """Writes a line when `sdscan.cli` is looked for: from then on the command's own handlers stand."""

    @staticmethod
    def find_spec(name, path=None, target=None):  # type: ignore[no-untyped-def]
        if name == "sdscan.cli":
            os.write(2, b"begun\n")


if _kind == "slow-start":
    sys.meta_path.insert(0, _Told)  # type: ignore[arg-type]
elif _kind == "no-module":
    sys.modules[_what] = None  # type: ignore[assignment]
elif _kind:
    os.open = _broken
