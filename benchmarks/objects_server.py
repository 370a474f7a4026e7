"""A bucket on loopback that costs as little as Python allows: the pictures of a folder, in memory, behind ranged GET and ListObjectsV2.

python objects_server.py FOLDER        prints its port, and serves until its standard input ends
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import re
import struct
import sys
import threading
import zlib
from bisect import bisect_right
from pathlib import Path
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

PAGE = 1_000


PART = 65_536
"""Bytes of a chunk of pixels, as Pillow cuts them."""
END = 12
"""Bytes of the last chunk of a PNG."""
_RANGE = re.compile(rb"\r\n[Rr]ange: bytes=(\d+)-(\d+)")
_NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def pixels(size: int) -> bytes:
    """Chunks of pixels, of about `size` bytes in all."""
    noise = random.Random(3)
    parts = [b"IDAT" + noise.randbytes(min(PART, size - at)) for at in range(0, size, PART)]
    return b"".join(struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts)


class Bucket:
    """The pictures of a folder, each made longer by the same pixels."""

    def __init__(self, folder: Path, longer: int) -> None:
        self.pixels = pixels(longer)
        self.keys = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
        self.objects = {key: (folder / key).read_bytes() for key in self.keys}
        self.etags = {
            key: f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"' for key, data in self.objects.items()
        }
        self.rows = [
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified><ETag>{escape(self.etags[key])}</ETag>"
            f"<Size>{len(self.objects[key]) + len(self.pixels)}</Size></Contents>"
            for key in self.keys
        ]

    def listing(self, query: dict[str, list[str]]) -> bytes:
        """One page."""
        start = bisect_right(self.keys, query["continuation-token"][0]) if "continuation-token" in query else 0
        stop = min(start + PAGE, len(self.keys))
        more = stop < len(self.keys)
        token = f"<NextContinuationToken>{escape(self.keys[stop - 1])}</NextContinuationToken>" if more else ""
        body = (
            f'<?xml version="1.0"?><ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{"".join(self.rows[start:stop])}</ListBucketResult>'
        ).encode()
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )

    def answer(self, head: bytes) -> bytes:
        """What a request gets."""
        path, _, query = head.split(b" ", 2)[1].decode().partition("?")
        key = "".join(unquote(path).split("/", 2)[2:])
        if not key:
            return self.listing(parse_qs(query))
        data = self.objects.get(key)
        span = _RANGE.search(head)
        if data is None or span is None:
            return _NOTHING
        size = len(data) + len(self.pixels)
        start, stop = int(span[1]), min(int(span[2]) + 1, size)
        body = self.between(data, start, stop)
        return (
            f"HTTP/1.1 206 Partial Content\r\nContent-Length: {len(body)}\r\nContent-Range: bytes {start}-{stop - 1}/{size}\r\n"
            f"ETag: {self.etags[key]}\r\nLast-Modified: Sun, 22 Nov 2026 00:00:00 GMT\r\n\r\n"
        ).encode() + body

    def between(self, data: bytes, start: int, stop: int) -> bytes:
        """Bytes of a picture with the pixels before its last chunk."""
        turn = len(data) - END
        last = turn + len(self.pixels)
        pieces = (
            data[start : min(stop, turn)] if start < turn else b"",
            self.pixels[max(start - turn, 0) : max(stop - turn, 0)],
            data[turn + max(start - last, 0) : turn + max(stop - last, 0)],
        )
        return b"".join(pieces)


class Connection(asyncio.Protocol):
    """Request after request, none of which has a body."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head, self.waiting = self.waiting[:end], self.waiting[end + 4 :]
            self.transport.write(self.bucket.answer(head))


async def _serve(bucket: Bucket) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Connection(bucket), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _end_with_the_caller() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    asyncio.run(_serve(Bucket(Path(sys.argv[1]), int(sys.argv[2]))))
