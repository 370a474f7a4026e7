"""Model files spelled out byte by byte, for the tests of sdscan.facts.models. Nothing here reads sdscan, and nothing is unpickled."""

from __future__ import annotations

import io
import json
import struct
import zipfile

Json = dict[str, object]
LORA_TENSORS: Json = {
    "lora_unet_down_blocks_0_proj_in.lora_down.weight": {"dtype": "F16", "shape": [1, 4], "data_offsets": [0, 8]},
    "lora_unet_down_blocks_0_proj_in.lora_up.weight": {"dtype": "F16", "shape": [4, 1], "data_offsets": [8, 16]},
}
DATA = b"\0\x3c" * 8


def framed(header: bytes, data: bytes = DATA, length: int | None = None) -> bytes:
    """8 bytes of length, the header as it is, the data."""
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def safetensors(metadata: Json | None, tensors: Json | None = None, data: bytes = DATA) -> bytes:
    """A well-formed file, its metadata first and its header padded with spaces to 8 bytes, as the library writes it."""
    header: Json = {} if metadata is None else {"__metadata__": metadata}
    raw = json.dumps({**header, **(LORA_TENSORS if tensors is None else tensors)}, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    return framed(raw + b" " * (-len(raw) % 8), data)


def kohya(name: str, folders: dict[str, dict[str, int]], images: dict[str, int] | None = None, **more: object) -> Json:
    """What sd-scripts writes with `--output_name`: every value a string."""
    sizes = {
        folder: {"n_repeats": 1, "img_count": (images or {}).get(folder, max(tags.values(), default=1))}
        for folder, tags in folders.items()
    }
    return {
        "ss_output_name": name, "ss_network_module": "networks.lora", "ss_network_dim": "32", "ss_network_alpha": "16", "ss_base_model_version": "sd_v1",
        "ss_sd_model_name": "animefull.ckpt", "ss_tag_frequency": json.dumps(folders), "ss_dataset_dirs": json.dumps(sizes), "ss_reg_dataset_dirs": "{}",
        "ss_keep_tokens": "None", "ss_training_comment": "None", "modelspec.title": name, "modelspec.architecture": "stable-diffusion-v1/lora",
        "modelspec.sai_model_spec": "1.0.0", **more,
    }  # fmt: skip


# ---- pickles, opcode by opcode (protocol 2, as torch.save writes them) --------------------------------------------


def text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def integer(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


TENSOR = (
    b"ctorch._utils\n_rebuild_tensor_v2\n(" + b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + integer(4) + b"tQ"
    + integer(0) + b"K\x04\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR"
)  # fmt: skip
"""A tensor as PyTorch writes it: a rebuild call with a persistent storage."""


def mapping(**pairs: bytes) -> bytes:
    return b"}(" + b"".join(text(key) + value for key, value in pairs.items()) + b"u"


def pickled(body: bytes, protocol: int = 2) -> bytes:
    return b"\x80" + bytes([protocol]) + body + b"."


def zipped(data: bytes, name: str = "archive/data.pkl", **more: bytes) -> bytes:
    """The zip that torch.save has written since PyTorch 1.6: stored, not packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, data)
        for other, body in {"archive/version": b"3\n", **more}.items():
            archive.writestr(other, body)
    return buffer.getvalue()


def embedding(name: str = "soft_glow", base: str = "v1-5-pruned") -> bytes:
    """A1111's textual inversion."""
    token = b"}" + text("*") + integer(265) + b"s"
    param = b"}" + text("*") + TENSOR + b"s"
    return pickled(
        mapping(
            string_to_token=token,
            string_to_param=param,
            name=text(name),
            step=integer(900),
            sd_checkpoint=text("a1b2c3d4"),
            sd_checkpoint_name=text(base),
        )
    )
