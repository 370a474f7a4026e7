"""A text → its pieces that hold a name. Prompts are cut at borders, titles at signs, names not at all.

The same tags stand in thousands of prompts, so what a piece holds is remembered by the piece as written; a text of which every piece
is known to hold nothing costs one look-up a tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sdscan.judgement.markers import style_marker
from sdscan.judgement.meanings import FileView, Piece
from sdscan.judgement.memory import LONGEST, MEMO, names_in, remember
from sdscan.judgement.prompts import BORDER, phrase_spans
from sdscan.judgement.reading import MAYBE, NO_NAME, PARTLY, Seen, glance, read_piece
from sdscan.judgement.texts import Text
from sdscan.knowledge.watchlists import Watchlist
from sdscan.patterns import pattern

NOTHING, NAMES, COUNTS = 0, 1, 2
"""What a text holds: no name; names; one that counts where nothing else is known, without which a file names nobody."""
LONGEST_TEXT = 3_000
"""The same for whole negative prompts and names, of which folders of pictures share a few."""

_TAG = pattern(r"<[A-Za-z]{2,12}:[^<>\n]{0,300}>")
_TITLE_BORDER = pattern(
    r"[|｜()（）\[\]【】「」『』《》〈〉{}<>~～•·,，、;；\n]"
    r"|\s[-–—/:]\s|\s[-–—]|[-–—]\s|(?<=[^\x00-\x7f])/|/(?=[^\x00-\x7f])|:\s"
)
_ASCII_BORDER = pattern(r"[|()\[\]{}<>~,;\n]|\s[-/:]\s|\s-|-\s|:\s")
"""What is left of it for plain titles: the large sets of signs take milliseconds to compile."""


def level_of(text: Text, watchlist: Watchlist) -> int:
    """NOTHING, NAMES or COUNTS."""
    if text.source != "negative-prompt" and text.manner == "prompt":
        return _prompt_level(text.text, watchlist)
    key = (text.text, text.manner)
    memo = watchlist.memo
    level = memo.get(key)
    if level is None:
        level = (
            _prompt_level(text.text, watchlist) if text.manner in ("prompt", "prose") else _name_level(text, watchlist)
        )
        if len(text.text) <= LONGEST_TEXT:
            remember(watchlist.memo, key, level)
    assert isinstance(level, int)
    return level


def _prompt_level(written: str, watchlist: Watchlist) -> int:
    """The same for a prompt: comma by comma, from memory for known tags. A border within is looked at only once."""
    memo, silent = watchlist.memo, watchlist.silent
    held = NOTHING
    for part in _TAG.split(written) if "<" in written else (written,):
        pieces = part.split(",")
        if silent.issuperset(pieces):
            continue
        for piece in pieces:
            if piece in silent:
                continue
            chunk = piece.strip()  # as a phrase is written, so that what is known of one is known of the other
            level = memo.get(chunk)
            if level is None:
                level = _level_anew(chunk, watchlist)
            if level == NOTHING and len(piece) <= LONGEST:
                if len(silent) >= MEMO:
                    silent.clear()
                silent.add(piece)
            if level == COUNTS:
                return COUNTS
            if level == NAMES:
                held = NAMES
    return held


def _level_anew(chunk: str, watchlist: Watchlist) -> int:
    level = _chunk_level(chunk, watchlist)
    if len(chunk) <= LONGEST:
        remember(watchlist.memo, chunk, level)
    return level


def _chunk_level(chunk: str, watchlist: Watchlist) -> int:
    first = glance(chunk, watchlist.index)
    if first == NO_NAME or (first == PARTLY and BORDER.search(chunk) is None):
        return NOTHING
    phrases = [(raw, _readings(raw, watchlist, name=False)) for raw in BORDER.split(chunk)]
    pieces = [Piece(text, 0, raw, readings) for raw, readings in phrases if any(readings) for text in _PHRASES]
    return _level_in(pieces, [FileView(watchlist.index)] if pieces else (), watchlist)


_PHRASES = (Text("prompt", "", ""), Text("sidecar", "", "", "prose"))
"""What a phrase may be a part of: a name may count in one and not in the other."""


def _name_level(text: Text, watchlist: Watchlist) -> int:
    """The same for a name or title, which may be that of a style."""
    views = [FileView(watchlist.index, groups) for groups in (frozenset[str](), frozenset((text.group,)))]
    return _level_in(list(pieces_of(text, watchlist)), views, watchlist)


def _level_in(pieces: Sequence[Piece], views: Sequence[FileView], watchlist: Watchlist) -> int:
    """The level of pieces that hold names."""
    if not pieces:
        return NOTHING
    return COUNTS if any(names_in(piece, view, watchlist.memo) for piece in pieces for view in views) else NAMES


def pieces_of(text: Text, watchlist: Watchlist) -> Iterator[Piece]:
    """The pieces of one text that hold a name."""
    written = text.text
    spans: Iterable[tuple[int, int]]
    if text.manner in ("prompt", "prose"):
        chunks = _chunks(written, watchlist)
        if chunks is not None:
            known = watchlist.memo.get
            for place, chunk in chunks:
                bare = (chunk[:-1] if chunk[-1:] == "," else chunk).strip()
                level = known(bare)
                if level is None:
                    level = _level_anew(bare, watchlist)
                if level != NOTHING:
                    for begin, raw, readings in _pieces_in(chunk, watchlist):
                        yield Piece(text, place + begin, raw, readings)
            return
        spans = phrase_spans(written)
    elif text.manner == "title":
        spans = _title_spans(written)
    else:
        spans = ((0, len(written)),)
    name = text.manner in ("name", "title")
    for start, end in spans:
        raw = written[start:end]
        readings = _readings(raw, watchlist, name=name)
        if any(readings):
            yield Piece(text, start, raw, readings)


def _chunks(written: str, watchlist: Watchlist) -> list[tuple[int, str]] | None:
    """(place, text up to and with its comma) of what stands between the commas and extra networks of a prompt, less what holds no name.

    Each has the same phrases wherever it stands; None where one would not: before a network, a dot or semicolon ends no phrase.
    """
    found: list[tuple[int, str]] = []
    silent, bare = watchlist.silent, watchlist.bare
    start = 0
    tags = [tag.span() for tag in _TAG.finditer(written)] if "<" in written else []
    for end, following in (*tags, (len(written), 0)):
        if following and written[end - 1 : end] in (".", ";"):
            return None
        last = written.rfind(",", start, end) + 1
        if last > start:
            for chunk in written[start : last - 1].split(","):
                if chunk not in silent and chunk not in bare:
                    found.append((start, f"{chunk},"))
                start += len(chunk) + 1
        if start < end:
            found.append((start, written[start:end]))
        start = following
    return found


def _pieces_in(chunk: str, watchlist: Watchlist) -> tuple[tuple[int, str, tuple[tuple[Seen, ...], ...]], ...]:
    """(place in the chunk, phrase, readings) of the phrases that hold a name."""
    key = (chunk, "pieces")
    known = watchlist.memo.get(key)
    if isinstance(known, tuple):
        return known
    found = tuple(
        (begin, raw, readings)
        for begin, end in phrase_spans(chunk)
        if any(readings := _readings(raw := chunk[begin:end], watchlist, name=False))
    )
    if len(chunk) > LONGEST:
        return found
    if found or chunk[-1:] != ",":
        remember(watchlist.memo, key, found)
    else:
        if len(watchlist.bare) >= MEMO:
            watchlist.bare.clear()
        watchlist.bare.add(chunk[:-1])
    return found


def _title_spans(title: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for border in (_ASCII_BORDER if title.isascii() else _TITLE_BORDER).finditer(title):
        spans.append((start, border.start()))
        start = border.end()
    spans.append((start, len(title)))
    return [(begin, end) for begin, end in spans if title[begin:end].strip()]


def _readings(raw: str, watchlist: Watchlist, *, name: bool) -> tuple[tuple[Seen, ...], ...]:
    if not name and watchlist.memo.get(raw) == NOTHING:
        return ()
    key = (raw, name)
    found = watchlist.memo.get(key)
    if found is None:
        found = read_piece(raw, watchlist.index, name=name) if name or glance(raw, watchlist.index) == MAYBE else ()
        if len(raw) <= LONGEST:
            remember(watchlist.memo, key, found)
    assert isinstance(found, tuple)
    return found


def says_style(text: Text, watchlist: Watchlist) -> bool:
    """Whether a name or title says that the model is a style."""
    key = (text.text, "style")
    found = watchlist.memo.get(key)
    if found is None:
        found = style_marker(text.text) is not None
        if len(text.text) <= LONGEST:
            remember(watchlist.memo, key, found)
    return bool(found)
