"""A pack that is wrong says where: file, line, entry, key, expectation."""

from __future__ import annotations

import json
import tomllib

import msgspec
import pytest

from sdscan.errors import PackError
from sdscan.knowledge.policies import RISK_CLASSES
from sdscan.knowledge.policies.loading import builtin_paths
from sdscan.knowledge.policies.packs import parse_pack
from sdscan.knowledge.policies.schema import PATH, pack_schema

HEAD = """\
[pack]
id = "own"
title = "Own"
version = "1"
checked = 2026-11-22
review_after = 2027-11-22
description = "Mine."
"""
PLATFORM = """
[[platform]]
id = "here"
name = "Here"
kind = "posting"
takes_ai = "labelled"
stance = "Takes them."
disclosure = "Say so."
disclosure_effect = "label"
metadata = "none"
metadata_text = "Nothing is known."
"""
RULE = """
[[platform.rules]]
risk_class = "derivative"
effect = "review"
text = "A person decides."
source = "https://example.org/rules"
date = "2026-01"
"""
WORK = """
[[work]]
id = "some_work"
title = "Some Work"
rightsholder = "Some House"
category = "unknown"
text = "Nothing was found."
background = true
evidence = "background"
"""


def said(text: str) -> str:
    with pytest.raises(PackError) as caught:
        parse_pack(text.encode(), "own.toml")
    return str(caught.value)


def test_a_right_pack_is_read_as_it_stands() -> None:
    parsed = parse_pack((HEAD + PLATFORM + RULE + WORK).encode(), "own.toml")
    assert parsed.platform[0].id == "here"
    assert parsed.platform[0].rules[0].effect == "review"
    assert parsed.platform[0].rules[0].basis == "stated"
    assert parsed.work[0].id == "some_work"


def test_a_byte_order_mark_is_no_error() -> None:
    assert parse_pack(b"\xef\xbb\xbf" + HEAD.encode(), "own.toml").pack.id == "own"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + PLATFORM + "colour = 1\n", "own.toml:19: platform 'here': unknown key `colour`; remove it or check its spelling"),
        (HEAD + PLATFORM + RULE + "colour = 1\n", "own.toml:26: platform 'here', rules 1: unknown key `colour`; remove it or check its spelling"),
        (HEAD + PLATFORM.replace('stance = "Takes them."\n', ""), "own.toml:9: platform 'here': `stance` is missing; expected it in every entry of this kind"),
        (HEAD + PLATFORM.replace('"labelled"', '"perhaps"'), "own.toml:13: platform 'here': `takes_ai`: invalid enum value 'perhaps'; expected one of 'yes', 'labelled', 'limited', 'no', 'unknown'"),
        (HEAD + PLATFORM + RULE.replace('"review"', '"forbid"'), "own.toml:22: platform 'here', rules 1: `effect`: invalid enum value 'forbid'; expected one of 'ok', 'info', 'remind', 'label', 'review', 'block'"),
        (HEAD + PLATFORM + RULE.replace('"2026-01"', '"last year"'), "own.toml:25: platform 'here', rule 1 (derivative): `date` is 'last year'; expected YYYY-MM-DD, YYYY-MM or YYYY"),
        (HEAD + PLATFORM + RULE.replace('"2026-01"', "2026-01-01"), "own.toml:25: platform 'here', rules 1: `date`: expected `str`, got `date`"),
        (HEAD + PLATFORM + RULE.replace('"A person decides."', '" "'), "own.toml:23: platform 'here', rule 1 (derivative): `text` is empty; expected a sentence"),
        (HEAD + PLATFORM + RULE.replace('"https://example.org/rules"', '""'), "own.toml:24: platform 'here', rule 1 (derivative): `source` is missing; expected an address, or `background = true`"),
        (HEAD + PLATFORM + RULE.replace('source = "https://example.org/rules"\n', "background = true\n"), "own.toml:20: platform 'here', rule 1 (derivative): `evidence` is 'official'; expected 'background' where there is no source, and only there"),
        (HEAD + PLATFORM + RULE.replace('"derivative"', '"minor_sexual"'), "own.toml:22: platform 'here', rule 1 (minor_sexual): `effect` is 'review'; expected 'block', which no pack may lower"),
        (HEAD + PLATFORM + RULE + 'inherited = "x"\n', "own.toml:26: platform 'here', rule 1 (derivative): `inherited` is set by sdscan; remove it"),
        (HEAD + PLATFORM + PLATFORM, "own.toml:21: platform 'here': `id` stands twice in this file; expected an id of its own"),
        (HEAD + PLATFORM + PLATFORM.replace('"here"', '"He Re"'), "own.toml:21: platform 'He Re': `id` is no id; expected small letters, digits, `_`, `-` and `.`"),
        (HEAD + PLATFORM + RULE + PLATFORM.replace('"here"', '"there"') + RULE + RULE.replace('"review"', '"no"'), "own.toml:47: platform 'there', rules 2: `effect`: invalid enum value 'no'; expected one of 'ok', 'info', 'remind', 'label', 'review', 'block'"),
        (HEAD + WORK.replace('"unknown"', '"nice"'), "own.toml:13: work 'some_work': `category`: invalid enum value 'nice'; expected one of 'explicit_strict', 'based_on_real', 'image_protection', 'past_infringement', 'reputed_strict', 'guideline_allows', 'tolerant_tacit', 'unknown'"),
        (HEAD + WORK.replace("background = true\n", ""), "own.toml:9: work 'some_work': `source` is missing; expected an address, or `background = true`"),
        (HEAD.replace('title = "Own"\n', ""), "own.toml:1: [pack]: `title` is missing; expected it in every entry of this kind"),
        (HEAD.replace("2027-11-22", '"soon"'), "own.toml:6: [pack]: `review_after`: invalid RFC3339 encoded date; expected a date such as 2027-05-22, without quotes"),
        (HEAD + "[[platfrom]]\n", "own.toml:8: unknown key `platfrom`; did you mean `platform`?"),
        ("id = 1\nid = 2\n", "own.toml:2: is not valid TOML: Cannot overwrite a value (at line 2, column 7)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(text: str, expected: str) -> None:
    assert expected == said(text)


def test_a_wrong_risk_class_lists_all_of_them() -> None:
    told = said(HEAD + PLATFORM + RULE.replace('"derivative"', '"theft"'))
    assert told.startswith(
        "own.toml:21: platform 'here', rules 1: `risk_class`: invalid enum value 'theft'; expected one of 'ai_any', "
    )
    assert len(RISK_CLASSES) == told.count("'") // 2 - 2


def test_a_text_that_is_no_utf8_and_one_that_nests_without_end_are_refused() -> None:
    with pytest.raises(PackError, match=r"own\.toml: byte 0 is not UTF-8"):
        parse_pack(b"\xff", "own.toml")
    with pytest.raises(PackError, match=r"own\.toml"):
        parse_pack(b"a = " + b"[" * 100_000, "own.toml")


def test_the_schema_for_editors_is_up_to_date_and_takes_the_packs() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert pack_schema() == PATH.read_text(encoding="utf-8"), "run: python -m sdscan.knowledge.policies.schema"
    validator = jsonschema.Draft202012Validator(json.loads(pack_schema()))
    for path in builtin_paths():
        page = json.loads(msgspec.json.encode(tomllib.loads(path.read_text(encoding="utf-8"))))
        assert [error.message for error in validator.iter_errors(page)] == [], path.name
    assert not validator.is_valid({"pack": {}, "surprise": 1})
