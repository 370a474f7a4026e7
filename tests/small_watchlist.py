"""A watchlist of a few entries, compiled in memory: what tests of matching hold texts against."""

from __future__ import annotations

from collections.abc import Sequence

from sdscan.judgement.matching import find_matches
from sdscan.judgement.texts import Manner, Text
from sdscan.knowledge.watchlists import Watchlist
from sdscan.knowledge.watchlists.compile import drafts_of
from sdscan.knowledge.watchlists.importers.rows import ImportedRow
from sdscan.knowledge.watchlists.index import Index, build
from sdscan.knowledge.watchlists.packs import parse_pack
from sdscan.records import EvidenceSource, Match, Pack

HEAD = """
[pack]
id = "small"
title = "Small"
version = "1"
date = 2026-11-22
description = "For tests."
[[pack.changes]]
version = "1"
date = 2026-11-22
text = "Begun."
"""

PACK = """
[[work]]
id = "vocaloid"
name = "VOCALOID"
aliases = ["ボーカロイド"]
characters = [
  { id = "hatsune_miku", name = "Hatsune Miku", aliases = ["初音ミク", "하츠네 미쿠"], weak = ["miku", "ミク"] },
  { id = "kagamine_rin", name = "Kagamine Rin", weak = ["rin"] },
]
[[work]]
id = "re:zero_kara_hajimeru_isekai_seikatsu"
name = "Re:Zero"
aliases = ["Re:ゼロから始める異世界生活"]
characters = [
  { id = "rem_(re:zero)", name = "Rem", weak = ["レム"], strength = "weak" },
]
[[work]]
id = "genshin_impact"
name = "Genshin Impact"
aliases = ["原神"]
weak = ["genshin"]
characters = [
  { id = "ganyu_(genshin_impact)", name = "Ganyu", aliases = ["甘雨"] },
  { id = "amber_(genshin_impact)", name = "Amber", strength = "weak" },
  { id = "keqing_(genshin_impact)", name = "Keqing", aliases = ["刻晴"] },
]
[[work]]
id = "chainsaw_man"
name = "Chainsaw Man"
weak = ["csm"]
characters = [
  { id = "power_(chainsaw_man)", name = "Power", strength = "weak" },
  { id = "makima_(chainsaw_man)", name = "Makima" },
]
[[work]]
id = "one_piece"
name = "One Piece"
characters = [
  { id = "nami_(one_piece)", name = "Nami", strength = "weak" },
  { id = "monkey_d._luffy", name = "Monkey D. Luffy", weak = ["luffy"] },
]
[[work]]
id = "bleach"
name = "Bleach"
tag = ["bleach"]
characters = [
  { id = "matsumoto_rangiku", name = "Matsumoto Rangiku" },
]
[[work]]
id = "naruto_(series)"
name = "Naruto Series"
tag = ["naruto"]
characters = [
  { id = "haruno_sakura", name = "Haruno Sakura", weak = ["sakura"] },
]
[[work]]
id = "fire_emblem"
name = "Fire Emblem"
[[work]]
id = "fire_emblem_awakening"
name = "Fire Emblem Awakening"
characters = [
  { id = "robin_(fire_emblem)", name = "Robin", strength = "weak" },
  { id = "lucina_(fire_emblem)", name = "Lucina" },
]

[[artist]]
id = "greg_rutkowski"
name = "Greg Rutkowski"
handles = ["rutkowski"]
[[artist]]
id = "stanley_lau"
name = "Stanley Lau"
handles = ["artgerm"]
[[artist]]
id = "matsunaga_kouyou"
name = "Matsunaga Kouyou"
[[artist]]
id = "krekkov"
name = "Krekkov"
[[artist]]
id = "ink_(someone)"
name = "Ink"
[[artist]]
id = "lee_(somebody)"
name = "Lee"
[[artist]]
id = "alphonse_mucha"
name = "Alphonse Mucha"
born = 1860
died = 1939

[[studio]]
id = "studio_ghibli"
name = "Studio Ghibli"
aliases = ["Ghibli", "スタジオジブリ"]

[[style]]
id = "disney_style"
name = "Disney style"
names_before_style = ["disney"]
owner = "Disney"

[[person]]
id = "emma_watson"
name = "Emma Watson"
"""


def watchlist(text: str = PACK, imported: Sequence[ImportedRow] = ()) -> Watchlist:
    """The watchlist of one pack without its head, and of an imported list `list.csv`."""
    parsed = parse_pack((HEAD + text).encode(), "small.toml")
    drafts = drafts_of([parsed], [("list.csv", imported)] if imported else [])
    return Watchlist(Index(build(drafts, [Pack("small", "1", "0" * 64)], "test", ["small"]), check=True))


def text(written: str, manner: Manner = "prompt", source: EvidenceSource | None = None, group: str = "") -> Text:
    """One text of a file."""
    sources: dict[Manner, EvidenceSource] = {
        "prompt": "prompt",
        "name": "lora-name",
        "title": "lora-title",
        "prose": "sidecar",
    }
    return Text(
        source or sources[manner], "somewhere", written, manner, group=group or ("" if manner == "prompt" else "m")
    )


def matches(known: Watchlist, *texts: Text | str) -> tuple[Match, ...]:
    """What a file with these texts matches."""
    return find_matches([text(one) if isinstance(one, str) else one for one in texts], known)


def found(known: Watchlist, *texts: Text | str) -> dict[str, str]:
    """Subject id → best strength."""
    best: dict[str, str] = {}
    for match in matches(known, *texts):
        if ("weak", "medium", "strong").index(match.strength) >= ("weak", "medium", "strong").index(
            best.get(match.subject.id, "weak")
        ):
            best[match.subject.id] = match.strength
    return best
