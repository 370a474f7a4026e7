"""`sdscan review PATH…`: the report page on this machine, live, with marks that can be written."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sdscan.cli.accepting import settings_of
from sdscan.cli.baseline import DEFAULT
from sdscan.cli.options import LEVELS, common, configured, ends_by_ctrl_c, knowing, level_of, loaded_config, spoken
from sdscan.errors import ConfigError
from sdscan.exits import ExitRules
from sdscan.i18n import language_of, translator
from sdscan.reports import RenderOptions

if TYPE_CHECKING:
    from sdscan.review.desk import Desk
    from sdscan.review.guard import Guard

HOST = "127.0.0.1"
"""The only address that is listened on; there is no option for another."""


@click.command("review", short_help="Look at the pictures in a page on this machine.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@knowing
@click.option("--write", is_flag=True, help="Let the page write allow entries, the baseline and sorted copies.")
@click.option("--sort-to", metavar="DIR", help="With --write: copy marked files into folders below DIR.")
@click.option("--baseline", metavar="FILE", help=f"The baseline. [default: `baseline` of sdscan.toml, else {DEFAULT}]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Port; 0: any that is free.")
@click.option("--open", "is_opened", is_flag=True, help="Open the page in your browser.")
@click.option(
    "--min-severity", type=click.Choice(LEVELS), default="info", show_default=True, help="Show findings from this level on."
)  # fmt: skip
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out. Repeatable.")
@click.option("--no-catalog", is_flag=True, help="Read every file anew and remember nothing.")
@configured
@spoken
@common
def command(  # long: one parameter an option, nothing else
    paths: tuple[str, ...], models: tuple[str, ...], platforms: tuple[str, ...], watchlists: tuple[str, ...], no_default_watchlist: bool, policies: tuple[str, ...],
    write: bool, sort_to: str | None, baseline: str | None, port: int, is_opened: bool, min_severity: str, exclude: tuple[str, ...],
    no_catalog: bool, config_path: str | None, isolated: bool, lang: str, verbose: int, quiet: bool, color: str,
) -> int:  # fmt: skip
    """Serve the report page for PATH on this machine: the pictures themselves, and new ones while they are generated.

    Listens on 127.0.0.1 only, behind a random address. Changes nothing without --write. Ctrl-C ends it.
    """
    if sort_to is not None and not write:
        raise ConfigError("--sort-to copies files; it needs --write")
    if not _is_installed():
        raise ConfigError("the review needs more packages: pip install 'sdscan[review]'")
    from sdscan.review.app import Writable, review_app
    from sdscan.review.desk import Desk
    from sdscan.review.guard import Guard, new_token

    loaded = loaded_config(paths, config_path, isolated)
    scan = loaded.config.scan
    accepted = Path(baseline or scan.baseline or DEFAULT)
    settings = settings_of(loaded, models, platforms, watchlists, not no_default_watchlist, policies, no_catalog)
    rules = ExitRules(level_of(scan.fail_on, "fail-on"), scan.allow_incomplete, hook=True)
    desk = Desk(paths, settings, (*exclude, *scan.exclude), rules, accepted)
    desk.judge_all()
    options = RenderOptions(level_of(min_severity, "min-severity") or "info", lang=language_of(lang))
    explicit = None if loaded.path is None else str(loaded.path)
    writable = Writable(explicit, paths[0], None if sort_to is None else Path(sort_to)) if write else None
    with _listening(port) as listener:
        bound = listener.getsockname()[1]
        token = new_token()
        address = f"http://{HOST}:{bound}/{token}/"
        t = translator(options.lang)
        click.echo(t("open {address}", address=address))
        if not quiet:
            click.echo(
                t("writes into {file}", file=loaded.path or "sdscan.toml")
                if write
                else t("read-only; --write lets the page write"),
                err=True,
            )
        if is_opened:
            click.launch(address)
        _serve(Guard(review_app(desk, options, writable), token, bound), desk, listener)
    return 0


def _is_installed() -> bool:
    """Whether the extra is there."""
    import importlib.util

    return all(importlib.util.find_spec(name) is not None for name in ("starlette", "uvicorn", "watchfiles"))


def _listening(port: int) -> socket.socket:
    """A socket on this machine's own address. Raises ConfigError for a port that is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind((HOST, port))
        listener.listen(64)  # whoever is quick waits instead of being refused
    except OSError as error:
        listener.close()
        raise ConfigError(f"--port {port}: {(error.strerror or 'cannot be used').lower()}") from None
    return listener


def _serve(app: Guard, desk: Desk, listener: socket.socket) -> None:
    """Serve until Ctrl-C, and judge what is written meanwhile."""
    import uvicorn

    from sdscan.watching import new_files

    stop = threading.Event()
    folders = [path for path in desk.paths if os.path.isdir(path)]

    def follow() -> None:
        for number, paths in enumerate(new_files(folders, desk.exclude, stop)):
            if number == 0:
                desk.judge_all()  # what was written before the watch began
            desk.judge_new(paths)

    follower = threading.Thread(target=follow, name="sdscan-watch", daemon=True)
    if folders:
        follower.start()
    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, date_header=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=2, limit_concurrency=64,
    )  # fmt: skip
    try:
        ends_by_ctrl_c()
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        if folders:
            follower.join(2)
