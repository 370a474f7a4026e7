"""Results → text of a format. Pure: no clock, no absolute path, sorted, the same bytes for the same input.

A format is one module with `render(results, options) -> Iterator[str]` and one line here; it is imported when it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator

from msgspec import Struct

from sdscan.codepages import ERRORS
from sdscan.errors import ConfigError
from sdscan.records import Severity
from sdscan.run import Results


class RenderOptions(Struct, frozen=True):
    """What a format may be told."""

    min_severity: Severity = "info"
    redact: bool = False
    """Prompt texts become their length and digest."""
    verbose: int = 0
    color: bool = False
    width: int = 80
    lang: str = "en"
    """Of `text`, `html` and `markdown`; all other formats are the same in every language."""
    links: bool = False
    """Whether file names link to the files (OSC 8): at a terminal only."""
    show_suppressed: bool = False
    root: str = "."
    """Folder that relative links start from (thumbnails in the page)."""
    encoding: str = "utf-8"
    """Of the text view on standard output; everything that is no text view, or goes to a file, is UTF-8."""


Render = Callable[[Results, RenderOptions], Iterator[str] | Iterator[bytes]]

FORMATS: dict[str, tuple[str, bool]] = {
    "text": ("sdscan.reports.text", False),
    "json": ("sdscan.reports.json", False),
    "jsonl": ("sdscan.reports.jsonl", False),
    "sarif": ("sdscan.reports.sarif", True),
    "junit": ("sdscan.reports.junit", True),
    "csv": ("sdscan.reports.csv", False),
    "markdown": ("sdscan.reports.markdown", False),
    "github": ("sdscan.reports.github", True),
    "gitlab": ("sdscan.reports.gitlab", True),
    "html": ("sdscan.reports.html", False),
    "parquet": ("sdscan.reports.parquet", False),
}
"""format → (module, whether prompts are redacted by default because the output is meant for others)."""

EXTRAS = {"parquet": "pyarrow"}
"""format → the package that it needs, from the extra of its own name."""


def redacted_by_default(name: str) -> bool:
    """Whether a format hides prompts unless told otherwise."""
    return FORMATS[name][1]


def renderer(name: str) -> Render:
    """The render function of a format. Raises ConfigError for a name that does not exist, or where its extra is not installed."""
    if name not in FORMATS:
        raise ConfigError(f"unknown format {name!r}; expected one of {', '.join(FORMATS)}")
    if name in EXTRAS and importlib.util.find_spec(EXTRAS[name]) is None:
        raise ConfigError(f"{EXTRAS[name]} is not installed: pip install 'sdscan[{name}]'")
    render: Render = importlib.import_module(FORMATS[name][0]).render
    return render


def written(name: str, results: Results, options: RenderOptions) -> Iterator[bytes]:
    """A format as bytes, piece by piece; what the encoding cannot hold (in UTF-8 a lone surrogate) is written as an escape."""
    for piece in renderer(name)(results, options):
        yield piece if isinstance(piece, bytes) else piece.encode(options.encoding, ERRORS)
