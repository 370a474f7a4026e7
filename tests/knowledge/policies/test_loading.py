"""Packs put together, asked, and kept in the cache."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from sdscan.errors import ConfigError, PackError
from sdscan.knowledge.policies import Policies, load_policies, packs

OWN = """\
[pack]
id = "own"
title = "Own"
version = "1"
checked = 2026-11-22
review_after = 2027-11-22
description = "Mine."

[[platform]]
id = "pixiv"
name = "My pixiv"
kind = "posting"
takes_ai = "no"
stance = "I post none."
disclosure = "None."
disclosure_effect = "ok"
metadata = "none"
metadata_text = "Nothing is known."
"""


@pytest.fixture(scope="module")
def policies() -> Policies:
    return load_policies()


def test_rules_of_a_class_come_strictest_first_and_with_what_is_inherited(policies: Policies) -> None:
    effects = [rule.effect for rule in policies.platforms["redbubble"].rules_for("derivative")]
    assert effects == ["block", "review"]
    inherited = [rule.inherited for rule in policies.platforms["booth"].rules_for("payment_prohibited")]
    assert inherited == ["", "payment_networks"]
    assert policies.platforms["booth"].rules_for("no_such_class") == ()


def test_only_platforms_that_take_cards_inherit_the_networks_rules(policies: Policies) -> None:
    for platform in policies.platforms.values():
        assert platform.payment_networks == any(rule.inherited for rule in platform.rules)


def test_a_rule_without_an_own_date_for_a_new_look_takes_the_packs(policies: Policies) -> None:
    rule = policies.platforms["booth"].rules_for("style_imitation")[0]
    assert datetime.date(2027, 11, 22) == rule.review_after


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["pixiv", "booth", "pixiv"], ("pixiv", "booth")),
        (["PIXIV", " Adobe-Stock "], ("pixiv", "adobe_stock")),
        (["instagram", "facebook"], ("meta",)),
        (["itch.io", "ci-en", "strict-self", "strict_self"], ("itch", "cien", "strict-self")),
        (["istock", "twitter", "china"], ("getty", "x", "law_china")),
        ([], ()),
    ],
)
def test_ids_are_expanded_in_order_and_once(policies: Policies, asked: list[str], expected: tuple[str, ...]) -> None:
    assert expected == policies.expand(asked)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("pixv", "unknown platform 'pixv'; did you mean 'pixiv'? (`sdscan policy list` shows all)"),
        ("adobe_stok", "unknown platform 'adobe_stok'; did you mean 'adobe_stock'? (`sdscan policy list` shows all)"),
        ("qqqqqq", "unknown platform 'qqqqqq' (`sdscan policy list` shows all)"),
    ],
)
def test_an_unknown_platform_suggests_the_nearest(policies: Policies, asked: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        policies.expand([asked])
    assert expected == str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oda / Shueisha / Toei Animation", "shueisha"),
        ("Kadokawa", "kadokawa"),
        ("Warner Bros. / DC", "warner"),
        ("Bandai Namco Filmworks / CLAMP", "bandai-namco"),
        ("Cover Corporation", "cover"),
        ("Nintendo / Square Enix", "square-enix"),
        ("Somebody Else", None),
        ("", None),
    ],
)
def test_a_rightsholder_is_found_in_a_list_of_names(policies: Policies, text: str, expected: str | None) -> None:
    holder = policies.rightsholder_of(text)
    assert expected == (holder.id if holder else None)


def test_a_rightsholder_speaks_with_its_statements(policies: Policies) -> None:
    holder = policies.rightsholder_of("Shogakukan")
    assert holder is not None
    assert holder.ai == "objects"
    assert holder.date == "2025-10-31"
    assert holder.source.startswith("https://aja.gr.jp/")
    assert holder.evidence == "official"
    assert "Seventeen publishers" in holder.text
    assert "doraemon" in holder.works


def test_a_work_nobody_wrote_about_is_none_and_not_allowed(policies: Policies) -> None:
    assert policies.work("no_such_work") is None
    assert policies.work(None) is None


def test_a_part_of_a_series_is_spoken_for_by_the_series(policies: Policies) -> None:
    part = policies.work("persona_5")
    assert part is not None
    assert (part.id, part.minors_in_cast) == ("persona", True)
    assert policies.work("fate/stay_night") is policies.works["fate_(series)"]


# ---- own packs and the cache ---------------------------------------------------------------------------------


def test_a_pack_of_the_user_replaces_an_entry_of_the_same_id(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    policies = load_policies([own])
    assert policies.platforms["pixiv"].name == "My pixiv"
    assert policies.packs[-1].id == "own"
    assert policies.platforms["booth"].name == "BOOTH"


def test_a_pack_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"^none\.toml: cannot be read: no such file or directory$"):
        load_policies([tmp_path / "none.toml"])


def test_a_statement_that_nobody_wrote_is_named_with_its_line(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN + '\n[[rightsholder]]\nid = "me"\nname = "Me"\nstatements = ["never-said"]\n', encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_policies([own])
    assert (
        str(caught.value)
        == "own.toml:23: rightsholder 'me': `statements` names 'never-said'; expected the id of a [[statement]]"
    )


def test_the_cache_gives_the_same_and_any_change_or_damage_is_noticed(tmp_path: Path) -> None:
    plain = load_policies()
    assert plain == load_policies(cache_dir=tmp_path)
    cache = tmp_path / "policies.msgpack"
    whole = cache.read_bytes()
    assert plain == load_policies(cache_dir=tmp_path)
    for broken in (b"", whole[:31], whole[:40], whole[:-1], whole[:32] + b"\xc1", b"\0" * len(whole)):
        cache.write_bytes(broken)
        assert plain == load_policies(cache_dir=tmp_path)
        assert whole == cache.read_bytes()
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    assert load_policies([own], cache_dir=tmp_path).platforms["pixiv"].name == "My pixiv"
    assert plain == load_policies(cache_dir=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.toml", "policies.msgpack"]


def test_a_cache_folder_that_refuses_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert load_policies() == load_policies(cache_dir=tmp_path / "file")


def test_nothing_is_parsed_where_the_cache_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load_policies(cache_dir=tmp_path)

    def refuse(data: bytes, name: str) -> None:
        raise AssertionError(f"{name} was parsed")

    monkeypatch.setattr(packs, "parse_pack", refuse)
    assert plain == load_policies(cache_dir=tmp_path)
    with pytest.raises(AssertionError, match="was parsed"):
        load_policies()
