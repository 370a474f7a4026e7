"""A small object store on loopback that speaks as much of S3 (and of Google's and Azure's APIs) as sdscan asks for, and breaks where told to."""

from __future__ import annotations

import hashlib
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

import pytest

METADATA = ("/latest/", "/computeMetadata/", "/metadata/")
"""Beginnings of the paths that a cloud's machine asks for keys at."""


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    range: tuple[int, int] | None = None
    if_match: str = ""
    agent: str = ""


@dataclass
class Store:
    """Objects by `bucket/key`, what was asked, and what is to go wrong."""

    objects: dict[str, bytes] = field(default_factory=dict)
    buckets: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    """`bucket/key`, or `list`, → what happens to its requests, one after another; the last one stays. `ok`, a status, `cut`, `short`, `slow`, `hang`, `change` (-silently), `vanish-later`."""
    page: int = 1_000
    ended: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def put(self, path: str, data: bytes) -> None:
        self.objects[path] = data
        self.buckets.add(path.partition("/")[0])

    def etag(self, path: str) -> str:
        return f'"{hashlib.md5(self.objects[path]).hexdigest()}"'

    def fault(self, path: str) -> str:
        waiting = self.faults.get(path, [])
        return (waiting.pop(0) if len(waiting) > 1 else waiting[0]) if waiting else "ok"

    def ranges(self, path: str) -> list[tuple[int, int] | None]:
        """The ranges of an object that were asked for."""
        return [one.range for one in self.asked if one.method == "GET" and one.path == path]

    @property
    def gets(self) -> list[str]:
        return [one.path for one in self.asked if one.method == "GET" and one.path in self.objects]


def _handler(store: Store) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 20

        def log_message(self, *given: object) -> None:
            pass

        def do_GET(self) -> None:
            url = urllib.parse.urlsplit(self.path)
            path = urllib.parse.unquote(url.path).removeprefix("/")
            query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
            path = path.removeprefix("account/")  # Azure's emulator has the account in the path
            span = _span(self.headers.get("Range", "") or self.headers.get("x-ms-range", ""))
            asked = Asked(
                self.command, path, span, self.headers.get("If-Match", ""), self.headers.get("User-Agent", "")
            )
            store.asked.append(asked)
            if self.path.startswith(METADATA):
                self.answer(404, b"")
            elif path.strip("/") in store.buckets or (
                path.strip("/") not in store.objects and "/" not in path.strip("/")
            ):
                self.listing(path.strip("/"), query)
            else:
                self.object(path, asked)

        do_HEAD = do_GET

        def do_PUT(self) -> None:  # what must not be asked for, but a token is: IMDSv2
            store.asked.append(Asked(self.command, self.path))
            self.answer(403, b"")

        do_POST = do_PUT

        def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body[: len(body) // 2] if cut else body)
            if cut:
                self.wfile.flush()
                self.close_connection = True
                self.connection.close()

        def listing(self, bucket: str, query: dict[str, str]) -> None:
            fault = store.fault("list")
            if fault.isdigit():
                return self.answer(int(fault), _error("AccessDenied" if fault == "403" else "SlowDown"))
            if bucket not in store.buckets:
                return self.answer(404, _error("NoSuchBucket"))
            azure = query.get("comp") == "list"
            after = query.get("continuation-token", "") or query.get("marker", "")
            prefix = query.get("prefix", "")
            keys = sorted((p.partition("/")[2] for p in store.objects if p.startswith(f"{bucket}/")), key=str.encode)
            keys = [key for key in keys if key.startswith(prefix) and key > after]
            page, more = keys[: store.page], keys[store.page :]
            body = _azure(bucket, store, page, bool(more)) if azure else _s3(bucket, store, page, bool(more))
            if fault == "vanish-later":  # the next page finds no bucket
                store.buckets.discard(bucket)
            return self.answer(200, body.encode(), {"Content-Type": "application/xml"})

        def object(self, path: str, asked: Asked) -> None:
            fault = store.fault(path)
            if fault in ("slow", "hang"):
                store.ended.wait(0.05 if fault == "slow" else 60)
            if fault.isdigit():
                return self.answer(int(fault), _error("AccessDenied" if fault == "403" else "SlowDown"))
            if fault.startswith("change"):
                store.objects[path] += b"more"
            if path not in store.objects or path.partition("/")[0] not in store.buckets:
                return self.answer(404, _error("NoSuchKey"))
            data, etag = store.objects[path], store.etag(path)
            headers = {"ETag": etag, "Last-Modified": "Sun, 22 Nov 2026 00:00:00 GMT", "x-ms-blob-type": "BlockBlob"}
            if asked.if_match and asked.if_match != etag and fault != "change-silently":
                return self.answer(412, _error("PreconditionFailed"))
            if self.command == "HEAD":
                return self.answer(200, data, headers)
            if asked.range is None:
                return self.answer(200, data, headers)
            start, stop = asked.range[0], min(asked.range[1], len(data))
            if start >= len(data):
                return self.answer(416, _error("InvalidRange"), {"Content-Range": f"bytes */{len(data)}"})
            body = data[start:stop]
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
            if fault == "short":  # says less than it was asked for, as if it were all
                body = body[: len(body) // 2]
            return self.answer(206, body, headers, cut=fault == "cut")

    return Handler


def _span(text: str) -> tuple[int, int] | None:
    """`bytes=0-9` → (0, 10)."""
    if not text.startswith("bytes="):
        return None
    first, _, last = text[6:].partition("-")
    return int(first), int(last) + 1


def _error(code: str) -> bytes:
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>no</Message></Error>'.encode()


def _s3(bucket: str, store: Store, page: list[str], more: bool) -> str:
    rows = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified><ETag>{escape(store.etag(f'{bucket}/{key}'))}</ETag>"
        f"<Size>{len(store.objects[f'{bucket}/{key}'])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for key in page
    )
    token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>{bucket}</Name><Prefix></Prefix><KeyCount>{len(page)}</KeyCount><MaxKeys>1000</MaxKeys>'
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{rows}</ListBucketResult>"
    )


def _azure(bucket: str, store: Store, page: list[str], more: bool) -> str:
    rows = "".join(
        f"<Blob><Name>{escape(key)}</Name><Properties><Creation-Time>Sun, 22 Nov 2026 00:00:00 GMT</Creation-Time>"
        f"<Last-Modified>Sun, 22 Nov 2026 00:00:00 GMT</Last-Modified><Etag>{escape(store.etag(f'{bucket}/{key}'))}</Etag>"
        f"<Content-Length>{len(store.objects[f'{bucket}/{key}'])}</Content-Length><Content-Type>image/png</Content-Type></Properties></Blob>"
        for key in page
    )
    marker = f"<NextMarker>{escape(page[-1])}</NextMarker>" if more else "<NextMarker/>"
    return f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="{bucket}"><Blobs>{rows}</Blobs>{marker}</EnumerationResults>'


@contextmanager
def serving(store: Store) -> Iterator[Store]:
    """The store under `store.url`, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(store))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    store.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield store
    finally:
        store.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def environment(store: Store) -> dict[str, str]:
    """Dummy keys, loopback endpoints, no metadata service, and one on loopback that sees who asks all the same."""
    return {
        "AWS_ACCESS_KEY_ID": "dummy", "AWS_SECRET_ACCESS_KEY": "dummy", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": store.url,
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_METADATA_ENDPOINT": store.url, "GCE_METADATA_HOST": store.url.removeprefix("http://"),
        "GCE_METADATA_ROOT": store.url.removeprefix("http://"), "SDSCAN_RETRIES": "1",
    }  # fmt: skip


def blind(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...] = ("AWS_", "AZURE_", "GOOGLE_", "GCE_")) -> None:
    """Take away whatever keys the machine has."""
    import os

    for name in list(os.environ):
        if name.startswith(names):
            monkeypatch.delenv(name)
