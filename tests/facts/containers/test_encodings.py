"""Bytes become text that every encoder accepts; streams are unpacked as far as they go."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdscan.facts.encodings import decode_marked, decode_text, decode_utf16, inflate, looks_utf16, printable


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"plain", "plain"),
        ("初音".encode(), "初音"),
        ("café".encode("latin-1"), "café"),
        (b"ended\0\0", "ended"),
        (b"\0\0in front", "\0\0in front"),
        ("初音".encode()[:-1], "初"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "😀"),  # CESU-8: both halves of a pair
        (b"\xed\xa0\xbd alone", "\ufffd alone"),
        (b"", ""),
    ],
)
def test_text_is_utf8_where_it_can_be(data: bytes, expected: str) -> None:
    assert expected == decode_text(data)


@given(st.binary(max_size=50))
def test_any_bytes_become_text_that_can_be_written(data: bytes) -> None:
    for text in (decode_text(data), decode_marked(data), decode_utf16(data, True), decode_utf16(data, False)):
        text.encode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed(encoding: str) -> None:
    assert decode_marked("初音 miku".encode(encoding)) == "初音 miku"


@pytest.mark.parametrize(
    ("data", "expected"), [(b"a\0b\0", True), (b"\xff\xfea", True), (b"abcdef", False), (b"a", False), (b"", False)]
)
def test_utf16_without_a_mark_is_recognised(data: bytes, expected: bool) -> None:
    assert expected is looks_utf16(data)


@pytest.mark.parametrize(
    ("data", "expected"), [(b"a\tb\r\n", "a\tb\r\n"), (b"a\1b", None), (b"\xff", None), (b"", None), (b"\0", None)]
)
def test_plain_text_is_told_from_binary(data: bytes, expected: str | None) -> None:
    assert expected == printable(data)


PACKED = zlib.compress(b"x" * 5000)


@pytest.mark.parametrize(
    ("data", "length", "code"),
    [
        (PACKED, 5000, None),
        (PACKED[:-5], 5000, "truncated"),
        (b"", 0, "truncated"),
        (b"nonsense", 0, "bad-zlib"),
        (zlib.compress(b"x" * 60_000), 6000, "limit-inflated"),
    ],
)
def test_a_stream_is_unpacked_as_far_as_it_goes(data: bytes, length: int, code: str | None) -> None:
    out, found = inflate(data, 6000)
    assert (length, code) == (len(out), found)


def test_what_stands_before_the_damage_is_kept_up_to_the_cap() -> None:
    text = bytes(range(256)) * 40
    stream = bytearray(zlib.compress(text, 0))
    stream[-1] ^= 1
    assert (text, "bad-zlib") == inflate(bytes(stream), 99_999)
    assert (text[:100], "limit-inflated") == inflate(bytes(stream), 100)
    early = bytes(stream[:3000]) + b"\xff" * 9000
    assert inflate(zlib.compress(text)[:20] + early, 99_999)[1] == "bad-zlib"
