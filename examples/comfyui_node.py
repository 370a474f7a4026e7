"""A custom node for ComfyUI: saves a picture with its graph, and holds back what carries a finding.

Copy this file into ComfyUI/custom_nodes/ and install sdscan into ComfyUI's Python. Pictures at or above `hold_from` go to
output/held/, with a text beside them that says why; all others to output/.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sdscan import FileResult, Knowledge, judge_image, load_knowledge

LEVELS = ("info", "low", "medium", "high", "critical")


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Loaded once, with ComfyUI's own LoRA folders."""
    import folder_paths  # ComfyUI's

    return load_knowledge(models=folder_paths.get_folder_paths("loras"), platforms=["pixiv"])


def png_bytes(picture: Any, prompt: object, extra: dict[str, object] | None) -> bytes:
    """A Pillow picture as PNG with the graph inside, as ComfyUI's own node writes it."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, value in {"prompt": prompt, **(extra or {})}.items():
        if value is not None:
            info.add_text(key, json.dumps(value))
    data = io.BytesIO()
    picture.save(data, "PNG", pnginfo=info)
    return data.getvalue()


def keep(data: bytes, folder: Path, name: str, hold_from: str, known: Knowledge) -> tuple[Path, FileResult]:
    """Write a picture to `folder`, or to `folder/held` with the reasons beside it."""
    result = judge_image(data, known, name=name)
    held = result.severity is not None and LEVELS.index(result.severity) >= LEVELS.index(hold_from)
    target = (folder / "held" if held else folder) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    if held:
        lines = [f"{finding.rule} {finding.severity}: {finding.message}\n" for finding in result.findings]
        target.with_suffix(".sdscan.txt").write_text("".join(lines), encoding="utf-8")
    return target, result


class SaveImageChecked:
    """The node."""

    CATEGORY = "image"
    RETURN_TYPES = ()
    OUTPUT_NODE = True
    FUNCTION = "save"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """What ComfyUI asks a node for."""
        return {
            "required": {"images": ("IMAGE",), "prefix": ("STRING", {"default": "checked"}), "hold_from": (list(LEVELS), {"default": "high"})},
            "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
        }  # fmt: skip

    def save(
        self, images: Sequence[Any], prefix: str, hold_from: str, prompt: object = None, extra_pnginfo: dict[str, object] | None = None
    ) -> dict[str, object]:  # fmt: skip
        """One file a picture of the batch."""
        import folder_paths
        from PIL import Image

        folder = Path(folder_paths.get_output_directory())
        start = len(list(folder.glob(f"**/{prefix}_*.png")))
        shown = []
        for number, image in enumerate(images, start):
            picture = Image.fromarray((image.cpu().numpy() * 255).clip(0, 255).astype("uint8"))
            data = png_bytes(picture, prompt, extra_pnginfo)
            target, _ = keep(data, folder, f"{prefix}_{number:05}.png", hold_from, knowledge())
            subfolder = "" if target.parent == folder else target.parent.name
            shown.append({"filename": target.name, "subfolder": subfolder, "type": "output"})
        return {"ui": {"images": shown}}


NODE_CLASS_MAPPINGS = {"SaveImageChecked": SaveImageChecked}
NODE_DISPLAY_NAME_MAPPINGS = {"SaveImageChecked": "Save Image (checked)"}
