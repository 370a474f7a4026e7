"""The digests that stand in catalogs, fingerprints and caches are those of the standard library."""

from __future__ import annotations

import hashlib

import pytest

from sdscan.digests import blake2b, sha256


@pytest.mark.parametrize("data", [b"", b"abc", bytes(range(256)) * 999])
def test_they_are_the_same(data: bytes) -> None:
    assert hashlib.sha256(data).hexdigest() == sha256(data).hexdigest()
    for size in (7, 8, 10, 12, 16):
        assert hashlib.blake2b(data, digest_size=size).digest() == blake2b(data, digest_size=size).digest()
