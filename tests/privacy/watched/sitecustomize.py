"""Loaded by the interpreter of a started command (PYTHONPATH): every use of a network, and every program started, is written down. No part of sdscan.

An audit hook sees what C code does through Python as well, and cannot be taken off again. SDSCAN_WATCHED names the file that is written to;
SDSCAN_LOOPBACK=1 lets a server listen on 127.0.0.1 (and nothing else).
"""

import os
import sys

_NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostby", "socket.getnameinfo", "urllib.", "http.", "ftplib.", "smtplib.")
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "webbrowser.open")
_FILE = os.environ.get("SDSCAN_WATCHED", "")
_LOOPBACK = os.environ.get("SDSCAN_LOOPBACK") == "1"


def _watch(event, arguments):  # type: ignore[no-untyped-def]
    if not event.startswith((*_NETWORK, *_PROGRAMS, "socket.__new__")):
        return
    if event == "socket.__new__":  # AF_UNIX: the pipes between worker processes
        family = int(arguments[1])
        if family == 1 or (_LOOPBACK and family == 2):
            return
    if _LOOPBACK and event == "socket.bind" and arguments[1][0] == "127.0.0.1":
        return
    with open(_FILE, "a", encoding="utf-8") as file:
        file.write(f"{event} {arguments[1:]!r}\n")
    raise PermissionError(f"sdscan must not: {event}")


if _FILE:
    sys.addaudithook(_watch)
