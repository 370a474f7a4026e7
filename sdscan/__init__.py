"""sdscan: which Stable Diffusion pictures and models carry derivative-work or style-imitation risk, and why.

    from sdscan import load_knowledge, scan

    knowledge = load_knowledge(models=["~/models/Lora"], platforms=["pixiv"])
    for result in scan(["outputs"], knowledge):
        print(result.path, result.severity, result.verdicts)

Names are imported when they are first used, so that `import sdscan` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdscan._version import __version__

if TYPE_CHECKING:
    from sdscan.api import inspect, judge_image, load_knowledge, scan
    from sdscan.errors import ConfigError, PackError, SdscanError
    from sdscan.knowledge import Knowledge
    from sdscan.records import Evidence, FileFacts, FileResult, Finding, Subject

_HOMES = {
    "scan": "sdscan.api",
    "inspect": "sdscan.api",
    "judge_image": "sdscan.api",
    "load_knowledge": "sdscan.api",
    "Knowledge": "sdscan.knowledge",
    "ConfigError": "sdscan.errors",
    "PackError": "sdscan.errors",
    "SdscanError": "sdscan.errors",
    "Evidence": "sdscan.records",
    "FileFacts": "sdscan.records",
    "FileResult": "sdscan.records",
    "Finding": "sdscan.records",
    "Subject": "sdscan.records",
}

__all__ = [
    "ConfigError",
    "Evidence",
    "FileFacts",
    "FileResult",
    "Finding",
    "Knowledge",
    "PackError",
    "SdscanError",
    "Subject",
    "__version__",
    "inspect",
    "judge_image",
    "load_knowledge",
    "scan",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sdscan' has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
