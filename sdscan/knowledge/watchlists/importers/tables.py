"""CSV lists → rows. Each reader takes the records of one file; `sdscan.knowledge.watchlists.importers` chooses it.

Sources: DominikDoom/a1111-sd-webui-tagcomplete `tags/*.csv` (name, category, posts, "aliases"; aliases with a leading slash are
search shortcuts of the site); newtextdoc1111/ComfyUI-Autocomplete-Plus (the same with a header, aliases in every script); WD
taggers `selected_tags.csv` (tag_id, name, category, count); noob-wiki and AnimaDex (character, copyright, trigger …); WAI lists
(name in Chinese, tag); the artist list of early web UIs (artist, score, category).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from sdscan.errors import PackError
from sdscan.judgement.names import has_cjk
from sdscan.knowledge.watchlists.importers.rows import Imported, ImportedRow, RowKind

Record = Sequence[str]
_BOORU: dict[int, RowKind] = {
    0: "general",
    1: "artist",
    3: "work",
    4: "character",
    5: "general",
    7: "general",
    8: "general",
}
_MERGED: dict[int, RowKind] = {
    **_BOORU,
    7: "general",
    8: "artist",
    10: "work",
    11: "character",
    12: "general",
    14: "general",
    15: "general",
}
_PONY: dict[int, RowKind] = {0: "general", 3: "general", 5: "general", 7: "character", 9: "general"}
_ALIASES = {" ": "_"}
MAX_NAME = 200


def as_tag(text: str) -> str:
    """A name as a tag: lower case, `_` for space, no escapes."""
    return re.sub(r"\s+", "_", text.strip().replace("\\(", "(").replace("\\)", ")")).lower()


def integer(text: str) -> int:
    """A count as written (`452021.0`); 0 where it is none."""
    try:
        return max(0, int(text)) if len(text) < 18 else 0
    except ValueError:
        try:
            value = float(text) if len(text) < 32 else 0.0
        except ValueError:
            return 0
        return int(value) if 0 <= value < 1e15 else 0


def tag_list(records: Iterable[Record]) -> Imported:
    """`name,category,posts,"aliases"` without a header: danbooru, e621, their merged list, derpibooru."""
    kept = [record for record in records if len(record) >= 2 and record[0] and record[1].lstrip("-").isdigit()]
    categories = Counter(int(record[1]) for record in kept)
    pony = any(record[0].startswith(("artist:", "oc:")) for record in kept)
    merged = not pony and categories[11] > 0 and categories[4] > 0
    scheme, name = (_PONY, "derpibooru") if pony else (_MERGED, "danbooru and e621") if merged else (_BOORU, "booru")
    dropped: Counter[str] = Counter()
    rows: list[ImportedRow] = []
    for record in kept:
        tag = record[0].replace(" ", "_").lower()
        kind = scheme.get(int(record[1]))
        if pony:
            tag, kind = _pony(tag, kind)
        if kind is None or len(tag) > MAX_NAME:
            dropped[f"category {record[1]} names nobody" if kind is None else "longer than a name"] += 1
            continue
        posts = integer(record[2]) if len(record) > 2 else 0
        aliases = _aliases(record[3], dropped) if len(record) > 3 and kind != "general" and record[3] else ()
        rows.append(ImportedRow(kind, tag, posts, aliases, "my_little_pony" if pony and kind == "character" else None))
    return Imported(f"{name} tag list (name, category, posts, aliases)", tuple(rows), dict(dropped))


def _pony(tag: str, kind: RowKind | None) -> tuple[str, RowKind | None]:
    """derpibooru names artists by prefix and gives original characters (category 4, `oc:`) a category of their own."""
    if tag.startswith("artist:"):
        return tag.removeprefix("artist:"), "artist"
    return tag, None if tag.startswith("oc:") else kind


def _aliases(text: str, dropped: Counter[str]) -> tuple[str, ...]:
    found = []
    for alias in text.split(","):
        alias = alias.strip().replace(" ", "_").lower()
        if alias.startswith("/"):
            dropped["aliases that are search shortcuts (/hm)"] += 1
        elif alias and alias != "null" and len(alias) <= MAX_NAME:
            found.append(alias)
    return tuple(found)


def with_header(header: Record, records: Iterable[Record]) -> Imported:
    """A list whose first line names its columns. Raises PackError where they are none that we know."""
    columns = {name.strip().lower(): place for place, name in enumerate(header)}
    for needed, reader in _HEADERS:
        if needed <= columns.keys():
            return reader(columns, records)
    raise PackError(
        f"columns {', '.join(list(columns)[:6])}: names no characters or artists; expected tag,category,count,alias or the like"
    )


def _categorised(columns: dict[str, int], records: Iterable[Record]) -> Imported:
    """Autocomplete-Plus (tag, category, count, alias) and tagger lists (tag_id, name, category, count; 9: rating)."""
    name, category = columns.get("tag", columns.get("name", 0)), columns["category"]
    count, alias = columns.get("count", columns.get("post_count")), columns.get("alias", columns.get("aliases"))
    works = columns.get("ips")
    dropped: Counter[str] = Counter()
    rows = []
    for record in records:
        if len(record) <= max(name, category):
            continue
        kind = _BOORU.get(integer(record[category]))
        if kind is None or not record[name]:
            dropped[f"category {record[category]} names nobody"] += 1
            continue
        aliases = (
            _aliases(record[alias], dropped) if alias is not None and alias < len(record) and kind != "general" else ()
        )
        work = _first_work(record[works]) if works is not None and works < len(record) else None
        posts = integer(record[count]) if count is not None and count < len(record) else 0
        rows.append(ImportedRow(kind, as_tag(record[name]), posts, aliases, work))
    kind_of = "tagger" if "tag_id" in columns else "autocomplete"
    return Imported(f"{kind_of} list ({', '.join(columns)})", tuple(rows), dict(dropped))


def _first_work(text: str) -> str | None:
    """PixAI's `ips`: a JSON list of works as text."""
    found = re.search(r"[\"']([^\"']+)[\"']", text)
    return as_tag(found[1]) if found else None


def _characters(columns: dict[str, int], records: Iterable[Record]) -> Imported:
    """noob-wiki and AnimaDex: character, copyright, trigger, core_tags, count."""
    return _pairs("character", "character", columns, records)


def _artists(columns: dict[str, int], records: Iterable[Record]) -> Imported:
    """noob-wiki artists (artist, trigger, count) and the list of early web UIs (artist, score, category)."""
    return _pairs("artist", "artist", columns, records)


def _pairs(kind: RowKind, column: str, columns: dict[str, int], records: Iterable[Record]) -> Imported:
    work, count = columns.get("copyright"), columns.get("count")
    rows, dropped = [], Counter[str]()
    for record in records:
        if len(record) <= columns[column] or not record[columns[column]].strip():
            dropped["lines without a name"] += 1
            continue
        posts = integer(record[count]) if count is not None and count < len(record) else 0
        of = as_tag(record[work].split(",")[0]) if work is not None and work < len(record) and record[work] else None
        rows.append(ImportedRow(kind, as_tag(record[columns[column]]), posts or 100, (), of))
    return Imported(f"{kind} list ({', '.join(columns)})", tuple(rows), dict(dropped))


def _own(columns: dict[str, int], records: Iterable[Record]) -> Imported:
    """A list with a `kind` for each name, as `sdscan watchlist import` keeps it: kind, name, and posts, work, aliases if known."""
    rows, dropped = [], Counter[str]()
    for record in records:
        kept = {name: record[place].strip() for name, place in columns.items() if place < len(record)}
        kind, name = _KINDS.get(kept.get("kind", "")), kept.get("name", "")
        if kind is None or not name:
            dropped["lines of no known kind"] += 1
            continue
        aliases = tuple(alias for alias in kept.get("aliases", "").split(",") if alias)
        posts = integer(kept["posts"]) if kept.get("posts") else 200
        rows.append(ImportedRow(kind, as_tag(name), posts, aliases, kept.get("work") or None))
    return Imported("list of names and their kinds", tuple(rows), dict(dropped))


_KINDS: dict[str, RowKind] = {"character": "character", "work": "work", "artist": "artist", "general": "general"}
_HEADERS = (
    (frozenset({"kind", "name"}), _own),
    (frozenset({"character", "copyright"}), _characters),
    (frozenset({"character", "trigger"}), _characters),
    (frozenset({"artist"}), _artists),
    (frozenset({"tag", "category"}), _categorised),
    (frozenset({"name", "category"}), _categorised),
)

_BILINGUAL = re.compile(r"^(.*?)\s*[（(]([^()（）]*)[)）]\s*$")


def bilingual(records: Iterable[Record]) -> Imported:
    """WAI lists: `初音未来（V家）,hatsune miku (vocaloid)`. The Chinese name is an alias; its work is the tag's suffix."""
    rows, dropped = [], Counter[str]()
    for record in records:
        if len(record) < 2 or not record[1].strip() or not has_cjk(record[0]):
            dropped["lines that are no pair of a name and a tag"] += 1
            continue
        named = _BILINGUAL.match(record[0].strip())
        native = (named[1] if named else record[0]).strip()
        rows.append(ImportedRow("character", as_tag(record[1].split(",")[0]), 200, (native,) if native else ()))
    return Imported("character list (name, tag)", tuple(rows), dict(dropped))
