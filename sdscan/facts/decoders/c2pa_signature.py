"""Path of a picture with a C2PA manifest → whether its signature holds. Only with the extra `sdscan[c2pa]`, and only when asked.

c2pa-python does the cryptography; it is told to stay off the network, and a version that cannot be told so is not used.
"""

from __future__ import annotations

import importlib
import json
from typing import Literal

from sdscan.facts.decoders.found import text_at

Signature = Literal["valid", "invalid"]
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
_STATES: dict[str, Signature] = {"Valid": "valid", "Trusted": "valid", "Invalid": "invalid"}
"""`validation_state` of c2pa-rs. Valid: intact, but its signer stands on no trust list."""
NOT_VERIFIED = "not verified"


def signature_state(path: str) -> Signature | None:
    """`valid` where picture and manifest are what was signed, `invalid` where they are not; None where it cannot be told."""
    try:
        module = importlib.import_module("c2pa")
    except ImportError:
        return None
    if not hasattr(module, "Context"):  # before 0.30 the network could not be switched off for one reader
        return None
    try:
        report = json.loads(module.Reader(path, context=module.Context.from_dict(_OFFLINE)).json())
    except (module.C2paError, OSError, ValueError, RecursionError):
        return None
    return _STATES.get(text_at(report, "validation_state")) if isinstance(report, dict) else None


def with_signature(summary: str | None, state: Signature | None) -> str | None:
    """The summary of a manifest (`Disclosure.c2pa`) with the result in place of `not verified`."""
    if summary is None or state is None or not summary.endswith(NOT_VERIFIED):
        return summary
    return summary[: -len(NOT_VERIFIED)] + state
