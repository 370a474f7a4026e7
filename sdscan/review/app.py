"""The addresses of the review: the page, what changed since, pictures by number, and with `--write` three that write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from sdscan.config import Loaded, load_config
from sdscan.errors import ConfigError, PackError
from sdscan.i18n import translator
from sdscan.reports import RenderOptions
from sdscan.reports.html import about, foot, head, policy, record, safe_json
from sdscan.reports.html.thumbnails import FORMATS, thumbnail_bytes
from sdscan.review import writing
from sdscan.review.desk import Desk, Sheet
from sdscan.session import today

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

T = TypeVar("T")

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer: nothing is kept, framed, guessed at, or told to another site."""
_PICTURE = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}
_LIVE = ("connect-src 'self'",)


class Marked(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to allow or accept files."""

    files: tuple[int, ...]
    """Numbers of files."""
    reason: str = ""
    expires: str = ""


class Sorted(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to sort files."""

    marks: dict[str, str]
    """Path as the page shows it → mark."""


class Writable(Struct, frozen=True):
    """Where `--write` writes."""

    config: str | None
    """The configuration file that was asked for; None: the nearest."""
    start: str
    """Where the nearest is looked for from."""
    folder: Path | None
    """Where sorted copies go."""

    def loaded(self) -> Loaded:
        """The configuration as it is now."""
        return load_config(self.start, explicit=self.config)


def review_app(desk: Desk, options: RenderOptions, writable: Writable | None) -> Starlette:
    """The application; without `writable` there is no address that writes."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    views = Views(desk, options, writable)
    routes = [
        Route("/", views.page),
        Route("/changes", views.changes),
        Route("/picture/{number:int}", views.picture),
        Route("/thumbnail/{number:int}", views.thumbnail),
    ]
    if writable is not None:
        routes += [
            Route("/allow", views.allow, methods=["POST"]),
            Route("/accept", views.accept, methods=["POST"]),
            Route("/sort", views.sort, methods=["POST"]),
        ]
    return Starlette(routes=routes)


class Views:
    """What each address answers. Plain functions run in threads; those that write are told apart by their body."""

    def __init__(self, desk: Desk, options: RenderOptions, writable: Writable | None) -> None:
        self._desk = desk
        self._options = options
        self._writable = writable

    # ---- looking ---------------------------------------------------------------------------------------------

    def page(self, _: Request) -> Response:
        """The report page with everything that lies on the desk."""
        from starlette.responses import HTMLResponse

        version, sheets = self._desk.since(0)
        told = {**about(self._desk, self._options), "live": self._live(version)}
        data = safe_json({"files": [self._file(sheet) for sheet in sheets], "about": told})
        body = f'{head(self._options.lang, *_LIVE)}</main>\n<script type="application/json" id="data">{data}</script>\n{foot()}'
        return HTMLResponse(
            body, headers={**HEADERS, "Content-Security-Policy": policy(*_LIVE, "frame-ancestors 'none'")}
        )

    def _live(self, version: int) -> dict[str, object]:
        place = self._writable
        return {
            "version": version,
            "write": place is not None,
            "sort": place is not None and place.folder is not None,
            "config": "" if place is None else (place.loaded().path or Path("sdscan.toml")).name,
            "baseline": "" if place is None else self._desk.baseline.name,
        }

    def _file(self, sheet: Sheet) -> dict[str, object]:
        is_picture = sheet.result.format in FORMATS
        return {
            **record(sheet.result, self._options),
            "thumb": None,
            "n": sheet.number,
            "v": sheet.version,
            "picture": is_picture,
        }

    def changes(self, request: Request) -> Response:
        """Files that came or changed after `since`."""
        since = request.query_params.get("since", "0")
        version, sheets = self._desk.since(int(since) if since.isdigit() and len(since) < 10 else 0)
        closing = translator(self._options.lang).sentence(self._desk.closing[1])
        return _json({"version": version, "files": [self._file(sheet) for sheet in sheets], "closing": closing})

    def picture(self, request: Request) -> Response:
        """A picture as it is on disk."""
        from starlette.responses import FileResponse, Response

        found = self._desk.file_of(request.path_params["number"])
        if found is None or found[1] not in FORMATS:
            return Response(status_code=404, headers=HEADERS)
        return FileResponse(found[0], media_type=f"image/{found[1]}", headers=_PICTURE)

    def thumbnail(self, request: Request) -> Response:
        """A picture made small."""
        from starlette.responses import Response

        found = self._desk.file_of(request.path_params["number"])
        small = None if found is None else thumbnail_bytes(*found)
        if small is None:
            return Response(status_code=404, headers=HEADERS)
        return Response(small, media_type="image/webp", headers={**_PICTURE, "Cache-Control": "private, max-age=3600"})

    # ---- writing ---------------------------------------------------------------------------------------------

    async def allow(self, request: Request) -> Response:
        """Write [[allow]] entries."""

        def write(marked: Marked, place: Writable) -> dict[str, object]:
            reason, expires = writing.checked(marked.reason, marked.expires, today())
            count, path = writing.allow(self._desk.results_of(marked.files), reason, expires, place.loaded())
            self._desk.judge_all(place.loaded().config)
            return {"n": count, "file": path.name}

        return await self._written(request, Marked, write)

    async def accept(self, request: Request) -> Response:
        """Add to the baseline."""

        def write(marked: Marked, place: Writable) -> dict[str, object]:
            count = writing.accept(self._desk.results_of(marked.files), self._desk.baseline)
            self._desk.judge_all(place.loaded().config)
            return {"n": count, "file": self._desk.baseline.name}

        return await self._written(request, Marked, write)

    async def sort(self, request: Request) -> Response:
        """Copy marked files into folders by their mark."""

        def write(asked: Sorted, place: Writable) -> dict[str, object]:
            if place.folder is None:
                raise ConfigError("there is no folder to sort into; start with --sort-to DIR")
            _, sheets = self._desk.since(0)
            shown = {str(record(s.result, self._options)["path"]): s.number for s in sheets}
            files = {}
            for path, mark in asked.marks.items():
                found = self._desk.file_of(shown.get(path, -1))
                if found is not None and mark in writing.MARKS:
                    files[found[0]] = mark
            return {"n": writing.sort(files, place.folder), "folder": place.folder.name}

        return await self._written(request, Sorted, write)

    async def _written(
        self, request: Request, shape: type[T], write: Callable[[T, Writable], dict[str, object]]
    ) -> Response:
        """Read the body, write in a thread, answer; what a person can put right is told in words."""
        from starlette.concurrency import run_in_threadpool

        assert self._writable is not None, "no address writes without --write"
        try:
            asked = msgspec.json.decode(await request.body(), type=shape)
            return _json(await run_in_threadpool(write, asked, self._writable))
        except (msgspec.MsgspecError, ConfigError, PackError, OSError) as error:
            t = translator(self._options.lang)
            return _json({"error": t.sentence(str(error))}, 400)


def _json(value: object, status: int = 200) -> Response:
    from starlette.responses import Response

    return Response(msgspec.json.encode(value), status, HEADERS, "application/json")
