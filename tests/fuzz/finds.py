"""What fuzzing found and was mended: each input, made by code, with what it did. test_finds.py replays them in every test run."""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

from tests.facts.containers.spelled import ogg_page

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\4\0\0\0\4\x08\2\0\0\0&\x93\t)"
DEEP = b"[" * 100_000


def _packed_by(method: int) -> bytes:
    """A model whose pickle is packed by another method than PyTorch's, and damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo("archive/data.pkl"), b"\x80\2}q\0." * 50, method)
    data = out.getvalue()
    return data[:60] + bytes(byte ^ 0xFF for byte in data[60:70]) + data[70:]


class Find(NamedTuple):
    """One input that broke a promise."""

    target: str
    what: str
    """What it did before it was mended."""
    data: bytes


FINDS: tuple[Find, ...] = (
    Find(
        "containers",
        "struct.error: the walk went back to a chunk before the window that it held",
        PNG + b"\0\0\0\x0cIDATx\x9cc` \x1d\0\x01v^\xae\xc3\0\0\0\0IEND\xaeB`\x82",
    ),
    Find(
        "containers",
        "a blob with a place behind the end of the file",
        (ogg_page(b"OpusHead" + bytes(11), flags=2) + ogg_page(b"OpusTags" + b"\xff" * 247, number=1, ended=False))[
            :-100
        ],
    ),
    Find("decoders", "a generation without a place", b"png\x1epng:tEXt/x\x1fstable diffusion model\x1f"),
    Find(
        "infotext",
        "a blank of another script stayed in a value",
        "p\nSteps: 20, Model: 墨絵\u3000, Seed: 1, Size: 1x1".encode(),
    ),
    Find(
        "decoders",
        "a weight without end, which JSON cannot hold",
        b"png\x1epng:tEXt/parameters\x1fparameters\x1fa <lora:b:0120e679>",
    ),
    Find(
        "graphs",
        "the same in a graph",
        b'{"1":{"class_type":"CLIPTextEncode","inputs":{"text":"embedding:a:1e999 <lora:b:1e999>"}}}',
    ),
    Find("lists", "a half character, which no file can hold, came into the list", b'{"characters": ["\\ud800"]}'),
    Find("lists", "a name that is empty", b'{"": ["x"]}'),
    Find("lists", "a name that is empty in a list of objects", b'[{"name": "_", "kind": "artist"}]'),
    Find("packs", "RecursionError from sdscan.toml", b"ca = " + DEEP),
    Find("packs", "ValueError for a number of 5,000 digits in sdscan.toml", b"c[limits]\nhead = " + b"9" * 5000),
    Find("packs", "the same in a watchlist pack", b"w[pack]\nid = " + b"9" * 5000),
    Find("packs", "the same in a policy pack", b"p[pack]\nid = " + b"9" * 5000),
    Find("packs", "a limit below 0 was taken", b"c[limits]\nhead = -1\n"),
    Find("packs", "a limit that is no number was taken", b"c[limits]\nseconds = nan\n"),
    Find("packs", "UnicodeDecodeError for a baseline that is no UTF-8", b'b{"schema":"\x9f"}\n'),
    Find("packs", "the same behind its first line", b'b{"schema":"sdscan-baseline/1"}\n{"id":"\x9f"}\n'),
    Find("packs", "RecursionError from a baseline", b'b{"schema":"sdscan-baseline/1"}\n{"id":' + DEEP + b"\n"),
    Find(
        "results", "UnicodeDecodeError for a result that is no UTF-8", b'{"schema":"sdscan-file/1","path":"\xed\xa0"}\n'
    ),
    Find("results", "RecursionError from a result", b'{"schema":"sdscan-file/1","x":' + DEEP + b"\n"),
    Find("models", "LZMAError: a pickle packed by LZMA", _packed_by(zipfile.ZIP_LZMA)),
    Find("models", "a warning from pickletools", b"\x80\2S'\\p'\n."),
    Find(
        "results",
        "the name of a platform turned the terminal's text around",
        b'{"schema":"sdscan-file/1","path":"a","outcome":"scanned","format":"png","verdicts":{"\\u202e":"ok"},"reasons":'
        b'[{"platform":"\\u202e","verdict":"info","text":"x"}]}\n',
    ),
    Find(
        "results",
        "the text view never ended: a rule with a long name left no column for the sentence",
        b'{"schema":"sdscan-file/1","path":"a","outcome":"scanned","format":"png","findings":[{"id":"\\u202e","rule":"'
        + b"\\u001b" * 90
        + b'","name":"x","severity":"low","strength":"weak","subject":null,"message":"m m"}]}\n',
    ),
    Find("blocks", "a tag with thousands of attributes went beyond its limit", b"x<x:x " + b'dc:a="b" ' * 60 + b">"),
)
