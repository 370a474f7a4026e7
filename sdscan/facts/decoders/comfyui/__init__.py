"""ComfyUI: the graph that made a picture → a Generation. Enters the text of `prompt` and `workflow`, leaves records.

text → reading.py → JSON → graph.py / canvas.py → nodes → reach.py → texts.py, references.py, sampling.py → Generation
"""

from __future__ import annotations

from sdscan.facts.decoders.comfyui.assembly import Decoded, decode
from sdscan.limits import Limits

__all__ = ["decode_graph"]


def decode_graph(
    prompt: str | None, workflow: str | None, locator: str, limits: Limits, *, workflow_locator: str = ""
) -> Decoded:
    """(Generation, problems); no Generation where neither text is a graph (the caller then shows it raw).

    `prompt` is the API graph (what was executed), `workflow` the canvas; each may be missing, cut or garbage. The canvas counts
    only where nothing was executed, or where that part is cut; the models that it switches off are told in any case.
    """
    return decode(prompt, workflow, locator, limits, workflow_locator)
