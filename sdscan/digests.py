"""blake2b and sha256 of small things. `hashlib` gives the same, but loads OpenSSL, which costs a start 3 ms: for what is long (model files) that pays.

The modules behind `hashlib` are CPython's own and not promised; `random` in the standard library takes one in the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["blake2b", "sha256"]

if TYPE_CHECKING:
    from hashlib import blake2b, sha256
else:
    try:
        from _blake2 import blake2b

        try:
            from _sha2 import sha256  # since Python 3.12
        except ImportError:
            from _sha256 import sha256
    except ImportError:  # another Python
        from hashlib import blake2b, sha256
