"""JSON and plain text lists → rows.

Sources: tagcomplete chants (list of `{name, terms, content, color}`; colour 4 is a character); WAI character lists as JSON (`name
(work)` → `work, character, work`); saa-nishiki `character_works.json`; Dynamic Prompts wildcards (one entry a line, `#` comments,
`2::entry` weights); plain lists of artists.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from sdscan.errors import PackError
from sdscan.judgement.names import has_cjk
from sdscan.knowledge.watchlists.importers.rows import Imported, ImportedRow, RowKind
from sdscan.knowledge.watchlists.importers.tables import MAX_NAME, as_tag

_WEIGHT = re.compile(r"^\s*\d+(?:\.\d+)?\s*::")
_DEFAULT_POSTS = 200
"""Stands for the post count that these lists do not give: they hold names that models know."""


KindOf = Callable[[list[str]], RowKind | None]
_NO_KIND = "does not say what it names; give --kind artist|character|work, or begin it with a line `# kind: artist`"


def import_document(document: object, kind: RowKind | None = None, kind_of: KindOf | None = None) -> Imported:
    """Rows of a JSON document; `kind` and `kind_of` as for a plain list. Raises PackError where it is of no known kind."""
    if isinstance(document, list):
        if document and all(isinstance(item, str) for item in document):
            return plain_list("\n".join(document), kind, kind_of)
        if any(isinstance(item, dict) and "name" in item and _said_kind(item) for item in document):
            return _objects(document)
        return _chants(document)
    if isinstance(document, dict):
        if any(_kind_named(key) for key in document):
            return _by_kind(document)
        if document and all(isinstance(value, list) for value in document.values()):
            return _aliased(document, kind, kind_of)
        if document and all(isinstance(value, str) for value in document.values()):
            return _bilingual(document)
    raise PackError("is JSON of an unknown kind; expected chants, character works, names, or a name → tag table")


def _aliased(document: dict[object, object], kind: RowKind | None, kind_of: KindOf | None) -> Imported:
    """`{"Greg Rutkowski": ["rutkowski"]}`: names and their other spellings."""
    kind = kind or (kind_of([str(name) for name in document]) if kind_of is not None else None)
    if kind is None:
        raise PackError(_NO_KIND)
    rows = []
    for name, spellings in document.items():
        texts = spellings if isinstance(spellings, list) else []
        aliases = tuple(text[:MAX_NAME] for text in texts if isinstance(text, str))
        rows.append(ImportedRow(kind, as_tag(str(name))[:MAX_NAME], _DEFAULT_POSTS, aliases))
    return Imported(f"{kind}s with their other spellings (JSON)", tuple(rows), {})


def _chants(items: list[object]) -> Imported:
    rows, dropped = [], Counter[str]()
    for item in items:
        if not isinstance(item, dict):
            dropped["items that are no objects"] += 1
            continue
        content, color, terms = item.get("content"), item.get("color"), str(item.get("terms", ""))
        if isinstance(content, str) and (color == 4 or "character" in terms.lower()):
            tags = [as_tag(tag) for tag in content.split(",")]
            rows.append(ImportedRow("character", tags[0][:MAX_NAME], _DEFAULT_POSTS))
        else:
            dropped["chants that are no character"] += 1
    if not rows:
        raise PackError("is a JSON list without characters; expected chants with terms or color 4")
    return Imported("character chants (JSON)", tuple(rows), dict(dropped))


def _works_of(characters: dict[object, object]) -> list[ImportedRow]:
    """`{"hatsune_miku": ["vocaloid"]}`."""
    rows = []
    for name, works in characters.items():
        first = works[0] if isinstance(works, list) and works else works
        rows.append(
            ImportedRow(
                "character",
                as_tag(str(name))[:MAX_NAME],
                _DEFAULT_POSTS,
                (),
                as_tag(first) if isinstance(first, str) else None,
            )
        )
    return rows


def _bilingual(document: dict[object, object]) -> Imported:
    """`"初音未來 (V家)": "vocaloid, hatsune miku, vocaloid"`: the work stands first, then the character."""
    rows, dropped = [], Counter[str]()
    for name, value in document.items():
        tags = [as_tag(tag) for tag in str(value).split(",") if tag.strip()]
        if not tags or not has_cjk(str(name)):
            dropped["pairs that are no name and tags"] += 1
            continue
        native = re.sub(r"\s*[（(].*$", "", str(name))
        tag, work = (tags[1], tags[0]) if len(tags) >= 3 else (tags[0], None)
        rows.append(ImportedRow("character", tag[:MAX_NAME], _DEFAULT_POSTS, (native,) if native else (), work))
    if not rows:
        raise PackError("is a JSON table of an unknown kind; expected names with their tags")
    return Imported("character list (JSON)", tuple(rows), dict(dropped))


_KINDS: dict[str, RowKind] = {
    "character": "character", "characters": "character", "artist": "artist", "artists": "artist", "work": "work", "works": "work",
    "copyright": "work", "copyrights": "work", "franchise": "work", "franchises": "work", "series": "work",
}  # fmt: skip
"""Words that lists say for what a name is."""


def _kind_named(word: object) -> RowKind | None:
    return _KINDS.get(word.strip().lower()) if isinstance(word, str) else None


def _by_kind(document: dict[object, object]) -> Imported:
    """`{"characters": […], "artists": […]}`, and characters with their works: every list whose key says what it holds."""
    rows: list[ImportedRow] = []
    kinds: list[RowKind] = []
    dropped: Counter[str] = Counter()
    for key, names in document.items():
        kind = _kind_named(key)
        if kind is None or not isinstance(names, list | dict):
            dropped["keys that say no kind"] += 1
            continue
        if kind not in kinds:
            kinds.append(kind)
        if isinstance(names, dict) and kind == "character":
            rows += _works_of(names)
            continue
        for name in names:
            if isinstance(name, str) and name.strip():
                rows.append(ImportedRow(kind, as_tag(name)[:MAX_NAME], _DEFAULT_POSTS))
            else:
                dropped["items that are no names"] += 1
    with_works = kinds == ["character"] and any(row.work for row in rows)
    name = "characters with their works" if with_works else f"{' and '.join(kinds)} list"
    return Imported(f"{name} (JSON)", tuple(rows), dict(dropped))


def _objects(items: list[object]) -> Imported:
    """`[{"name": "Hatsune Miku", "kind": "character", "work": "VOCALOID", "aliases": ["初音ミク"]}]`."""
    rows, dropped = [], Counter[str]()
    for item in items:
        name = item.get("name") if isinstance(item, dict) else None
        kind = _said_kind(item) if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(name, str) or not name.strip() or kind is None:
            dropped["items without a name and a kind"] += 1
            continue
        spellings, work = item.get("aliases"), item.get("work", item.get("copyright", item.get("series")))
        aliases = (
            tuple(text[:MAX_NAME] for text in spellings if isinstance(text, str)) if isinstance(spellings, list) else ()
        )
        of = as_tag(work) if isinstance(work, str) and work.strip() else None
        rows.append(ImportedRow(kind, as_tag(name)[:MAX_NAME], _DEFAULT_POSTS, aliases, of))
    return Imported("list of names and their kinds (JSON)", tuple(rows), dict(dropped))


def _said_kind(item: dict[object, object]) -> RowKind | None:
    return next((kind for key in ("kind", "type", "category") if (kind := _kind_named(item.get(key)))), None)


def plain_list(text: str, kind: RowKind | None, kind_of: KindOf | None) -> Imported:
    """One name a line: wildcards and artist lists. Raises PackError where nobody says what they name."""
    dropped: Counter[str] = Counter()
    names = list(_lines(text, dropped))
    if not names:
        raise PackError("holds no name; expected one a line")
    kind = kind or (kind_of(names) if kind_of is not None else None)
    if kind is None:
        raise PackError(_NO_KIND)
    return Imported(
        f"plain list of {kind}s",
        tuple(ImportedRow(kind, as_tag(name), _DEFAULT_POSTS) for name in names),
        dict(dropped),
    )


def _lines(text: str, dropped: Counter[str]) -> Iterator[str]:
    seen = set()
    for line in text.splitlines():
        line = _WEIGHT.sub("", line.split("#", 1)[0] if line.lstrip().startswith("#") else line).strip().strip(",")
        line = re.sub(r"^-\s+", "", line)  # a list in YAML
        line = re.sub(r"^(?:art\s+)?by\s+", "", line, flags=re.IGNORECASE)
        if not line:
            continue
        if line.endswith(":"):
            dropped["headings"] += 1
        elif len(line) > 60 or any(mark in line for mark in "{}<>|$") or "__" in line or line.count(",") > 1:
            dropped["lines that are no name (prompt text, wildcards)"] += 1
        elif line.lower() in seen:
            dropped["names that stand twice"] += 1
        else:
            seen.add(line.lower())
            yield line
