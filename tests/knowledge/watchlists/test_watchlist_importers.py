"""Lists that users have: told by their content, taken with a reason for everything that is dropped."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import time
from pathlib import Path

import pytest

from sdscan.errors import PackError
from sdscan.knowledge.watchlists import load_watchlist
from sdscan.knowledge.watchlists.importers import import_bytes, import_list
from sdscan.knowledge.watchlists.importers.discover import discover_lists
from sdscan.knowledge.watchlists.importers.rows import ImportedRow
from sdscan.knowledge.watchlists.own import write_list
from tests.conftest import SHARED
from tests.small_watchlist import PACK, found, text, watchlist

DANBOORU = """1girl,0,6008644,"1girls,sole_female"
hatsune_miku,4,108351,"/hm,miku_hatsune,初音ミク"
touhou,3,900000,"/th"
wlop,1,700,
commentary,5,100,
"""
E621 = """anthro,0,100,""
someone,1,200,""
pokemon,3,300,""
pikachu,4,400,""
mammal,5,500,""
meta_tag,7,600,""
lore_tag,8,700,""
"""
MERGED = DANBOORU + "anthro,7,100,\nfurry_painter,8,200,\nfurry_work,10,300,\nfurry_hero,11,400,\nmammal,12,500,\n"
PONY = "artist:someone,0,300,\noc:my own,4,50,\ntwilight sparkle,7,9000,\nedit,8,10,\nsafe,0,100,\npegasus,3,100,\n"
AUTOCOMPLETE = (
    'tag,category,count,alias\nhatsune_miku,4,144092,"初音ミク,初音未来,하츠네미쿠"\ntouhou,3,9,\n1girl,0,5,\n'
)
TAGGER = "tag_id,name,category,count\n9999999,general,9,1.0\n470575,1girl,0,4225150\n1,hatsune_miku,4,108351.0\n"
PIXAI = "id,tag_id,name,category,count,ips\n1,1,ganyu_(genshin_impact),4,9000,\"['genshin_impact']\"\n"
WAI = "\ufeff初音未来（V家）,hatsune miku (vocaloid)\r\n甘雨（原神）,ganyu (genshin impact)\r\n"
NOOB = 'character,copyright,trigger,core_tags,count,solo_count,url\nhatsune_miku,vocaloid,"hatsune miku, vocaloid",x,100,50,u\n'
NOOB_ARTISTS = "artist,trigger,count,url\nwlop,wlop,700,u\n"
OLD_ARTISTS = "artist,score,category\nGreg Rutkowski,0.8,fineart\n"
CHANTS = json.dumps(
    [
        {"name": "Miku", "terms": "Character", "content": "hatsune_miku, aqua hair", "color": 4},
        {"name": "q", "terms": "Basic", "content": "masterpiece", "color": 3},
    ]
)
WORKS = json.dumps({"characters": {"2b (nier automata)": ["nier (series)", "nier:automata"]}})
WAI_JSON = json.dumps({"初音未來 (V家)": "vocaloid, hatsune miku, vocaloid"})

LISTS: list[tuple[str, str, list[ImportedRow], set[str]]] = [
    (DANBOORU, "booru tag list", [
        ImportedRow("general", "1girl", 6008644), ImportedRow("character", "hatsune_miku", 108351, ("miku_hatsune", "初音ミク")),
        ImportedRow("work", "touhou", 900000), ImportedRow("artist", "wlop", 700), ImportedRow("general", "commentary", 100),
    ], {"aliases that are search shortcuts (/hm)"}),
    (E621, "booru tag list", [
        ImportedRow("general", "anthro", 100), ImportedRow("artist", "someone", 200), ImportedRow("work", "pokemon", 300), ImportedRow("character", "pikachu", 400),
        ImportedRow("general", "mammal", 500), ImportedRow("general", "meta_tag", 600), ImportedRow("general", "lore_tag", 700),
    ], set()),
    (PONY, "derpibooru tag list", [
        ImportedRow("artist", "someone", 300), ImportedRow("character", "twilight_sparkle", 9000, (), "my_little_pony"), ImportedRow("general", "safe", 100), ImportedRow("general", "pegasus", 100),
    ], {"category 4 names nobody", "category 8 names nobody"}),
    (AUTOCOMPLETE, "autocomplete list", [
        ImportedRow("character", "hatsune_miku", 144092, ("初音ミク", "初音未来", "하츠네미쿠")), ImportedRow("work", "touhou", 9), ImportedRow("general", "1girl", 5),
    ], set()),
    (TAGGER, "tagger list", [ImportedRow("general", "1girl", 4225150), ImportedRow("character", "hatsune_miku", 108351)], {"category 9 names nobody"}),
    (PIXAI, "tagger list", [ImportedRow("character", "ganyu_(genshin_impact)", 9000, (), "genshin_impact")], set()),
    (WAI, "character list", [ImportedRow("character", "hatsune_miku_(vocaloid)", 200, ("初音未来",)), ImportedRow("character", "ganyu_(genshin_impact)", 200, ("甘雨",))], set()),
    (NOOB, "character list", [ImportedRow("character", "hatsune_miku", 100, (), "vocaloid")], set()),
    (NOOB_ARTISTS, "artist list", [ImportedRow("artist", "wlop", 700)], set()),
    (OLD_ARTISTS, "artist list", [ImportedRow("artist", "greg_rutkowski", 100)], set()),
    (CHANTS, "character chants", [ImportedRow("character", "hatsune_miku", 200)], {"chants that are no character"}),
    (WORKS, "characters with their works", [ImportedRow("character", "2b_(nier_automata)", 200, (), "nier_(series)")], set()),
    ('{"characters": ["Blue Knight"], "artists": ["Quill Wort", 3], "notes": []}', "character and artist list (JSON)", [ImportedRow("character", "blue_knight", 200), ImportedRow("artist", "quill_wort", 200)], {"items that are no names", "keys that say no kind"}),
    ('[{"name": "Blue Knight", "kind": "Character", "work": "Lantern Saga", "aliases": ["青騎士"]}, {"name": "x"}]', "list of names and their kinds (JSON)", [ImportedRow("character", "blue_knight", 200, ("青騎士",), "lantern_saga")], {"items without a name and a kind"}),
    ("# kind: artist\nartists:\n  - Quill Wort\n", "plain list of artists", [ImportedRow("artist", "quill_wort", 200)], {"headings"}),
    (WAI_JSON, "character list (JSON)", [ImportedRow("character", "hatsune_miku", 200, ("初音未來",), "vocaloid")], set()),
    ("# kind: artist\nGreg Rutkowski\n2::by Alphonse Mucha\n# a comment\n{a|b}\nGreg Rutkowski\n", "plain list of artists", [
        ImportedRow("artist", "greg_rutkowski", 200), ImportedRow("artist", "alphonse_mucha", 200),
    ], {"lines that are no name (prompt text, wildcards)", "names that stand twice"}),
]  # fmt: skip


@pytest.mark.parametrize(("written", "form", "rows", "dropped"), LISTS, ids=[row[1] for row in LISTS])
def test_a_list_is_told_by_its_content(written: str, form: str, rows: list[ImportedRow], dropped: set[str]) -> None:
    read = import_bytes(written.encode())
    assert read.format.startswith(form)
    assert rows == list(read.rows)
    assert dropped == set(read.dropped)


def test_a_merged_list_has_e621_categories_raised_by_seven() -> None:
    rows = import_bytes(MERGED.encode()).rows
    assert [("artist", "furry_painter"), ("work", "furry_work"), ("character", "furry_hero")] == [
        (row.kind, row.name) for row in rows if row.name.startswith("furry")
    ]


REFUSED = [
    ("", "is empty"),
    ("hakurei_reimu,博麗霊夢\nganyu,ガニュー\n", "is a translation list"),
    ("hakurei_reimu,100\nganyu,200\n", "is a list of words with counts"),
    ("{", "looks like JSON and is none"),
    ('{"a": 1}', "is JSON of an unknown kind"),
    ("[1, 2]", "is a JSON list without characters"),
    ('["a"]', "does not say what it names"),
    ('{"a": ["b"]}', "does not say what it names"),
    ("just\nsome\nwords\n", "does not say what it names"),
    ("foo,name\n1,2\n", "columns foo, name: names no characters or artists"),
    ("{a|b}\n<lora:x:1>\n", "holds no name"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), REFUSED, ids=[row[1] for row in REFUSED])
def test_a_list_that_names_nobody_is_refused_with_the_reason(written: str, expected: str) -> None:
    with pytest.raises(PackError) as error:
        import_bytes(written.encode())
    assert str(error.value).startswith(expected)


@pytest.mark.parametrize(
    "written",
    [
        b"\xff\xfe\x00a",
        b'a,1,2,"',
        b"\0,1,1\n" * 5,
        b"x,4,99999999999999999999,\n",
        b"x,4,nan,\ny,4,inf,\n",
        b'"\\ud800",4,1,',
        b'["\\ud800"]',
        b"[" * 100_000,
    ],
)
def test_hostile_lists_are_read_or_refused(written: bytes) -> None:
    with contextlib.suppress(PackError):
        import_bytes(written)


def test_a_plain_list_is_asked_for_its_kind_once_the_packs_know_none() -> None:
    assert ["artist"] == [row.kind for row in import_bytes(b"Somebody Xyzzy\n", kind="artist").rows]
    assert ["character"] == [
        row.kind for row in import_bytes(b"Somebody Xyzzy\n", kind_of=lambda names: "character").rows
    ]


def test_json_lists_of_names_are_plain_lists() -> None:
    assert [ImportedRow("artist", "some_body", 200)] == list(import_bytes(b'["Some Body"]', kind="artist").rows)
    assert [ImportedRow("artist", "some_body", 200, ("body",))] == list(
        import_bytes(b'{"Some Body": ["body"]}', kind="artist").rows
    )


def test_a_list_may_say_the_kind_of_each_name() -> None:
    written = b"kind,name,work\nartist,Some Body,\ncharacter,aoi,my_game\nother,x,\n"
    expected = [ImportedRow("artist", "some_body", 200), ImportedRow("character", "aoi", 200, (), "my_game")]
    assert expected == list(import_bytes(written).rows)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "odd.txt"
    file.write_text("just\nwords\n")
    with pytest.raises(PackError, match=r"^odd\.txt: does not say"):
        import_list(file)
    with pytest.raises(PackError, match=r"^none\.csv: cannot be read"):
        import_list(tmp_path / "none.csv")


# ---- what imported names are worth ---------------------------------------------------------------------------

TAGS = [
    ImportedRow("general", "blue_sky", 9000),
    ImportedRow("general", "black_cat", 9000),
    ImportedRow("work", "touhou", 900_000),
    ImportedRow("work", "original", 900_000),
    ImportedRow("work", "working!!", 500),
    ImportedRow("work", "fate_(series)", 90_000),
    ImportedRow("work", "vocaloid", 90_000),
    ImportedRow("character", "kirisame_marisa", 50_000, ("marisa",)),
    ImportedRow("character", "artoria_pendragon_(fate)", 9_000),
    ImportedRow("character", "abigail_williams_(fate)", 4_000),
    ImportedRow("character", "abigail_williams_(swimsuit_foreigner)_(fate)", 1_000),
    ImportedRow("character", "hatsune_miku", 100_000, ("miku_append",)),
    ImportedRow("character", "hatsune_miku_(append)", 900),
    ImportedRow("character", "rem_(re:zero)", 20_000),
    ImportedRow("character", "carrot_(one_piece)", 900),
    ImportedRow("character", "black_cat_(character)", 900),
    ImportedRow("character", "superstar_(somewhere)", 900),
    ImportedRow("character", "emma_watson", 60),
    ImportedRow("character", "donald_trump", 60),
    ImportedRow("character", "somebody_(youtuber)", 60),
    ImportedRow("character", "rarename_person", 10),
    ImportedRow("artist", "wlopx", 700),
    ImportedRow("artist", "blade_(galaxist)", 700),
    ImportedRow("artist", "grain", 700),
    ImportedRow("artist", "yaegashi_nan", 700),
    ImportedRow("artist", "banned_artist", 700),
    ImportedRow("artist", "artgerm", 700),
]
BOTH = watchlist(PACK, TAGS)

IMPORTED = [
    ("kirisame marisa", {"kirisame_marisa": "strong"}),
    ("marisa kirisame", {"kirisame_marisa": "strong"}),
    ("original", {}),
    ("working", {}),
    ("artoria pendragon \\(fate\\)", {"artoria_pendragon_(fate)": "strong"}),
    ("abigail williams \\(swimsuit foreigner\\) \\(fate\\)", {"abigail_williams_(fate)": "strong"}),
    ("hatsune miku \\(append\\)", {"hatsune_miku": "strong"}),
    ("carrot \\(one piece\\)", {"carrot_(one_piece)": "strong"}),
    ("carrot", {}),
    ("black cat", {}),
    ("superstar", {}),
    ("emma watson", {"emma_watson": "strong"}),
    ("donald trump", {"donald_trump": "strong"}),
    ("a scene with rarename person in it", {}),
    ("rarename person", {"rarename_person": "medium"}),
    ("wlopx", {"wlopx": "medium"}),
    ("a picture that wlopx would draw", {}),
    ("by wlopx", {"wlopx": "medium"}),
    ("film grain", {}),
    ("by yaegashi nan", {"yaegashi_nan": "strong"}),
    ("nan yaegashi", {}),
    ("blade", {}),
    ("blade \\(galaxist\\)", {"blade_(galaxist)": "strong"}),
    ("by artgerm", {"stanley_lau": "medium"}),
    ("banned artist", {}),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "expected"), IMPORTED, ids=[row[0] for row in IMPORTED])
def test_imported_names_are_worth(prompt: str, expected: dict[str, str]) -> None:
    assert expected == found(BOTH, prompt)


def test_real_people_of_a_tag_list_are_people() -> None:
    kinds = {
        name: entry.kind
        for name in ("emma_watson", "donald_trump", "somebody_(youtuber)")
        if (entry := BOTH.entry(name))
    }
    assert {"emma_watson": "person", "donald_trump": "person", "somebody_(youtuber)": "person"} == kinds


def test_a_tag_finds_its_work_by_its_suffix() -> None:
    entry = BOTH.entry("carrot_(one_piece)")
    assert entry is not None
    assert "one_piece" == entry.work


def test_what_both_know_stays_ours_and_gains_the_posts() -> None:
    entry = BOTH.entry("hatsune_miku")
    assert entry is not None
    assert ("small", "Hatsune Miku", 100_000) == (entry.source, entry.name, entry.posts)


def test_a_name_that_several_bear_means_the_one_that_nearly_everybody_means() -> None:
    rows = [
        ImportedRow("character", "xyzzia_(one_piece)", 5_000),
        ImportedRow("character", "xyzzia_(touhou)", 60),
        ImportedRow("work", "touhou", 9_000),
    ]
    assert {"xyzzia_(one_piece)": "medium"} == found(watchlist(PACK, rows), text("xyzzia_v2", "name"))


# ---- files -----------------------------------------------------------------------------------------------------


def test_a_list_is_kept_and_read_again(tmp_path: Path) -> None:
    path = write_list(TAGS, "my tags!", tmp_path)
    assert "my-tags.csv" == path.name
    assert TAGS == list(import_list(path).rows)


def test_a_list_counts_when_it_is_given_as_a_watchlist(tmp_path: Path) -> None:
    file = tmp_path / "danbooru.csv"
    file.write_text(DANBOORU, encoding="utf-8")
    known = load_watchlist([file], default=False, cache_dir=tmp_path)
    assert {"hatsune_miku": "strong"} == found(known, "hatsune miku")
    assert ["danbooru.csv"] == [pack.id for pack in known.packs]


def test_lists_of_other_tools_are_found_where_these_keep_them(tmp_path: Path) -> None:
    places = [
        "stable-diffusion-webui/extensions/a1111-sd-webui-tagcomplete/tags/danbooru.csv",
        "stable-diffusion-webui/extensions/a1111-sd-webui-tagcomplete/tags/EnglishDictionary.csv",
        "ComfyUI/custom_nodes/ComfyUI-Autocomplete-Plus/data/danbooru_tags.csv",
        "ComfyUI/custom_nodes/ComfyUI-Autocomplete-Plus/data/danbooru_tags_cooccurrence.csv",
        "ComfyUI/custom_nodes/ComfyUI-WD14-Tagger/models/wd-v3.csv",
        "SwarmUI/Data/Autocompletions/danbooru.csv",
        "forge-of-mine/extensions/a1111-sd-webui-tagcomplete/tags/e621.csv",
        "elsewhere/danbooru.csv",
    ]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(DANBOORU)
    names = [str(path.relative_to(tmp_path)) for path in discover_lists([tmp_path])]
    assert sorted([places[0], places[2], places[4], places[5], places[6]]) == sorted(names)


def test_a_list_of_many_rows_is_read_in_time_that_grows_with_it_only() -> None:
    def cost(count: int) -> float:
        out = io.StringIO()
        csv.writer(out).writerows((f"name_{number}_(work)", 4, 100, f"alias_{number},/x") for number in range(count))
        begin = time.process_time()
        import_bytes(out.getvalue().encode())
        return time.process_time() - begin

    assert cost(20_000) < max(0.5, 40 * cost(2_000))


def test_the_real_tag_list_is_taken() -> None:
    path = SHARED / "eval" / "danbooru.csv"
    if not path.exists():
        pytest.skip("../shared/eval/danbooru.csv is not beside this checkout")
    read = import_list(path)
    assert {"artist", "character", "general", "work"} == set(read.counts())
    assert 139_129 == len(read.rows)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0", b"a\0b\n", bytes(range(256))])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(PackError, match="is no UTF-8 text"):
        import_bytes(data, kind="artist")


def test_line_ends_of_any_machine_are_line_ends() -> None:
    lists = [import_bytes(f"jane doe{end}john roe{end}".encode(), kind="artist") for end in ("\n", "\r\n", "\r")]
    assert lists[0] == lists[1] == lists[2]
