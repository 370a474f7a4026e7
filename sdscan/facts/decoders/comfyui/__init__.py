"""ComfyUI: the graph that made a picture → a Generation. Enters the text of `prompt` and `workflow`, leaves records.

text → reading.py → JSON → graph.py / canvas.py → nodes → reach.py → texts.py, references.py, sampling.py → Generation
"""

from __future__ import annotations

from hashlib import blake2b

from sdscan.facts.decoders.comfyui.assembly import Decoded, decode
from sdscan.limits import Limits

__all__ = ["decode_graph"]

_REMEMBERED = 64
"""Results kept: a batch, and all SaveImage nodes of one run, write one and the same graph."""
_SHORT = 2_000
"""Characters below which a look-up costs as much as reading."""
_memo: dict[tuple[bytes, int, str, str, Limits], Decoded] = {}


def decode_graph(
    prompt: str | None, workflow: str | None, locator: str, limits: Limits, *, workflow_locator: str = ""
) -> Decoded:
    """(Generation, problems); no Generation where neither text is a graph (the caller then shows it raw).

    `prompt` is the API graph (what was executed), `workflow` the canvas; each may be missing, cut or garbage. The canvas counts
    only where nothing was executed, or where that part is cut; the models that it switches off are told in any case.
    """
    first, second = prompt or "", workflow or ""
    if len(first) + len(second) < _SHORT:
        return decode(prompt, workflow, locator, limits, workflow_locator)
    digest = blake2b(first.encode("utf-8", "surrogatepass"))
    digest.update(second.encode("utf-8", "surrogatepass"))
    key = (digest.digest(), len(first), locator, workflow_locator, limits)
    found = _memo.get(key)
    if found is None:
        found = decode(prompt, workflow, locator, limits, workflow_locator)
        while len(_memo) >= _REMEMBERED:
            del _memo[next(iter(_memo))]
        _memo[key] = found
    return found
