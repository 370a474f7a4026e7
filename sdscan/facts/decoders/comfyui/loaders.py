"""The table of nodes that load a model: class → what each input means. Data only; references.py applies it.

From the sources of the packs named beside each block (formats §1b). `{}` in a name stands for 1, 2, 3 … (also 01, 02 …).
"""

from __future__ import annotations

from msgspec import Struct

from sdscan.records import ResourceKind


class Slot(Struct, frozen=True):
    """One input (or numbered row of inputs) that names a model."""

    kind: ResourceKind
    name: str
    weights: tuple[str, ...] = ()
    """Inputs that may hold the weight; the first one present counts. All of them at 0 means: not in use."""
    switch: str = ""
    """Input that switches the row."""
    rows: str = ""
    """Input that says how many rows are in use."""
    simple: tuple[str, str] = ("", "")
    """(input that tells the mode, input that holds the weight in the mode `simple`)."""
    only: str = ""
    """Input that holds the number of the one row in use."""


def _lora(name: str = "lora_name", *weights: str, switch: str = "", rows: str = "") -> tuple[Slot, ...]:
    return (Slot("lora", name, weights or ("strength_model", "strength_clip", "strength"), switch, rows),)


_CKPT = (Slot("checkpoint", "ckpt_name"),)
_UNET = (Slot("checkpoint", "unet_name"),)
_VAE = (Slot("vae", "vae_name"),)
_CLIP = (Slot("text-encoder", "clip_name"),)
_CLIPS = (Slot("text-encoder", "clip_name{}"),)
_CONTROL = (Slot("controlnet", "control_net_name"),)
_EASY = (
    Slot("checkpoint", "ckpt_name"),
    Slot("vae", "vae_name"),
    Slot("lora", "lora_name", ("lora_model_strength", "lora_strength", "lora_clip_strength")),
)

LOADERS: dict[str, tuple[Slot, ...]] = {
    # ComfyUI core
    "LoraLoader": _lora(),
    "LoraLoaderModelOnly": _lora(),
    "LoraLoaderBypass": _lora(),
    "LoraLoaderBypassModelOnly": _lora(),
    "CreateHookLora": _lora(),
    "CreateHookLoraModelOnly": _lora(),
    "CreateHookModelAsLora": (Slot("checkpoint", "ckpt_name", ("strength_model", "strength_clip")),),
    "CreateHookModelAsLoraModelOnly": (Slot("checkpoint", "ckpt_name", ("strength_model",)),),
    "CheckpointLoaderSimple": _CKPT,
    "CheckpointLoader": _CKPT,
    "unCLIPCheckpointLoader": _CKPT,
    "ImageOnlyCheckpointLoader": _CKPT,
    "LTXAVTextEncoderLoader": (Slot("text-encoder", "text_encoder"), Slot("checkpoint", "ckpt_name")),
    "LTXVAudioVAELoader": (Slot("vae", "ckpt_name"),),
    "UNETLoader": _UNET,
    "VAELoader": _VAE,
    "CLIPLoader": _CLIP,
    "DualCLIPLoader": _CLIPS,
    "TripleCLIPLoader": _CLIPS,
    "QuadrupleCLIPLoader": _CLIPS,
    "CLIPVisionLoader": (Slot("text-encoder", "clip_name"),),
    "ControlNetLoader": _CONTROL,
    "DiffControlNetLoader": _CONTROL,
    "ModelPatchLoader": (Slot("controlnet", "name"),),
    "StyleModelLoader": (Slot("style", "style_model_name"),),
    "GLIGENLoader": (Slot("controlnet", "gligen_name"),),
    "HypernetworkLoader": (Slot("hypernetwork", "hypernetwork_name", ("strength",)),),
    "UpscaleModelLoader": (Slot("upscaler", "model_name"),),
    "LatentUpscaleModelLoader": (Slot("upscaler", "model_name"),),
    "PhotoMakerLoader": (Slot("ip-adapter", "photomaker_model_name"),),
    "AudioEncoderLoader": (Slot("text-encoder", "audio_encoder_name"),),
    # GGUF, bitsandbytes, Nunchaku, TensorRT
    "UnetLoaderGGUF": _UNET,
    "UnetLoaderGGUFAdvanced": _UNET,
    "UnetLoaderGGUFDisTorchMultiGPU": _UNET,
    "UNETLoaderMultiGPU": _UNET,
    "CLIPLoaderGGUF": _CLIP,
    "DualCLIPLoaderGGUF": _CLIPS,
    "TripleCLIPLoaderGGUF": _CLIPS,
    "QuadrupleCLIPLoaderGGUF": _CLIPS,
    "LoaderGGUF": (Slot("checkpoint", "gguf_name"),),
    "LoaderGGUFAdvanced": (Slot("checkpoint", "gguf_name"),),
    "ClipLoaderGGUF": _CLIP,
    "CheckpointLoaderNF4": _CKPT,
    "NunchakuFluxDiTLoader": (Slot("checkpoint", "model_path"),),
    "NunchakuQwenImageDiTLoader": (Slot("checkpoint", "model_name"),),
    "NunchakuZImageDiTLoader": (Slot("checkpoint", "model_name"),),
    "NunchakuTextEncoderLoader": (Slot("text-encoder", "text_encoder1"), Slot("text-encoder", "text_encoder2")),
    "NunchakuFluxLoraLoader": _lora("lora_name", "lora_strength"),
    "NunchakuFluxLoraStack": _lora("lora_name_{}", "lora_strength_{}"),
    "NunchakuQwenImageLoraLoader": _lora("lora_name", "lora_strength"),
    "NunchakuQwenImageLoraStack": _lora("lora_name_{}", "lora_strength_{}", rows="lora_count"),
    # KJNodes, WanVideoWrapper, HunyuanVideoWrapper, LTX
    "DiffusionModelLoaderKJ": (Slot("checkpoint", "model_name"),),
    "DiffusionModelSelector": (Slot("checkpoint", "model_name"),),
    "DiTBlockLoraLoader": _lora("lora_name", "strength_model"),
    "LTX2LoraLoaderAdvanced": _lora("lora_name", "strength_model"),
    "WanVideoModelLoader": (Slot("checkpoint", "model"),),
    "WanVideoVAELoader": (Slot("vae", "model_name"),),
    "LoadWanVideoT5TextEncoder": (Slot("text-encoder", "model_name"),),
    "LoadWanVideoClipTextEncoder": (Slot("text-encoder", "model_name"),),
    "WanVideoLoraSelect": _lora("lora", "strength"),
    "WanVideoLoraSelectByName": _lora("lora_name", "strength"),
    "WanVideoLoraSelectMulti": _lora("lora_{}", "strength_{}"),
    "HyVideoModelLoader": (Slot("checkpoint", "model"),),
    "HyVideoVAELoader": (Slot("vae", "model_name"),),
    "HyVideoLoraSelect": _lora("lora", "strength"),
    "HunyuanVideoLoraLoader": _lora("lora_name", "strength"),
    "CogVideoLoraSelect": _lora("lora", "strength"),
    "LTXICLoRALoaderModelOnly": _lora("lora_name", "strength_model"),
    "LTXVQ8LoraModelLoader": _lora("lora_name", "strength_model"),
    "FluxLoraMultiLoader_10": _lora("lora_name_{}", "lora_wt_{}", "strength_{}", rows="lora_count"),
    "LoraStackerV2_10": _lora("lora_name_{}", "lora_wt_{}", "strength_{}", rows="lora_count"),
    "FluxLoraLoader": _lora("lora_name", "strength_model"),
    "DownloadAndLoadFlux1LoRA": _lora("lora", "strength"),
    # pysssss
    "LoraLoader|pysssss": _lora(),
    "CheckpointLoader|pysssss": _CKPT,
    # rgthree
    "Lora Loader Stack (rgthree)": _lora("lora_{}", "strength_{}"),
    # Efficiency
    "LoRA Stacker": (
        Slot(
            "lora",
            "lora_name_{}",
            ("model_str_{}", "lora_wt_{}", "clip_str_{}"),
            rows="lora_count",
            simple=("input_mode", "lora_wt_{}"),
        ),
    ),
    "LoRA Stacker Adv.": _lora("lora_name_{}", "model_str_{}", "clip_str_{}", rows="lora_count"),
    "Efficient Loader": _EASY,
    "Eff. Loader SDXL": (
        Slot("checkpoint", "base_ckpt_name"),
        Slot("checkpoint", "refiner_ckpt_name"),
        Slot("vae", "vae_name"),
        Slot("lora", "lora_name", ("lora_model_strength", "lora_clip_strength")),
    ),
    "XY Input: LoRA": _lora("lora_name_{}", "model_str_{}", "model_strength", rows="lora_count"),
    "XY Input: LoRA Plot": _lora("lora_name", "model_strength"),
    # Comfyroll
    "CR LoRA Stack": _lora("lora_name_{}", "model_weight_{}", "clip_weight_{}", switch="switch_{}"),
    "CR Random LoRA Stack": _lora("lora_name_{}", "model_weight_{}", "clip_weight_{}", switch="switch_{}"),
    "CR Random Weight LoRA": _lora("lora_name", "weight_max", switch="switch"),
    "CR Load LoRA": _lora("lora_name", "strength_model", "strength_clip", switch="switch"),
    "CR Model Merge Stack": (Slot("checkpoint", "ckpt_name{}", ("model_ratio{}",), "switch_{}"),),
    "CR Select Model": (Slot("checkpoint", "ckpt_name{}"),),
    # WAS
    "Lora Loader": _lora(),
    "Load Lora": _lora(),
    "Checkpoint Loader": _CKPT,
    "Checkpoint Loader (Simple)": _CKPT,
    # Inspire
    "LoraLoaderBlockWeight //Inspire": _lora(),
    "XY Input: Lora Block Weight": _lora(),
    # Easy-Use
    "easy loraStack": (
        Slot(
            "lora",
            "lora_{}_name",
            ("lora_{}_model_strength", "lora_{}_strength", "lora_{}_clip_strength"),
            "toggle",
            "num_loras",
            ("mode", "lora_{}_strength"),
        ),
    ),
    "easy loraSwitcher": (Slot("lora", "lora_{}_name", ("lora_strength",), "toggle", only="select"),),
    **{
        f"easy {kind}Loader": _EASY
        for kind in "full a1111 comfy flux kolors hunyuanDiT pixArt cascade sv3d svd mochi zero123 dynamiCrafter".split()
    },
    # Searge, ECHO (TensorArt), AnimateDiff
    "SeargeLoras": _lora("lora_{}", "lora_{}_strength"),
    "SDLoraLoader": _lora(),
    "SDLoraSelector": _lora(),
    "ECHOCheckpointLoaderSimple": _CKPT,
    "ECHOLoraLoader": _lora(),
    "ADE_AnimateDiffLoRALoader": _lora("name", "lora_strength", "strength") ,
    "ADE_AnimateDiffLoRALoader_": _lora("lora_name", "strength"),
    "ADE_LoadAnimateDiffModel": (Slot("checkpoint", "model_name"),),
    "ADE_AnimateDiffLoaderWithContext": (Slot("checkpoint", "model_name"),),
    "ADE_AnimateDiffLoaderGen1": (Slot("checkpoint", "model_name"),),
    # pictures as prompts
    "IPAdapterModelLoader": (Slot("ip-adapter", "ipadapter_file"),),
    "IPAdapterUnifiedLoader": (Slot("ip-adapter", "preset"),),
    "IPAdapterUnifiedLoaderFaceID": (Slot("ip-adapter", "preset"), ),
    "PulidModelLoader": (Slot("ip-adapter", "pulid_file"),),
    "PulidFluxModelLoader": (Slot("ip-adapter", "pulid_file"),),
    "InstantIDModelLoader": (Slot("ip-adapter", "instantid_file"),),
    # detectors
    "UltralyticsDetectorProvider": (Slot("detector", "model_name"),),
    "SAMLoader": (Slot("detector", "model_name"),),
    # styles
    "SDXLPromptStyler": (Slot("style", "style"),),
    "SDXLPromptStylerAdvanced": (Slot("style", "style"),),
    "easy stylesSelector": (Slot("style", "styles"), Slot("style", "select_styles")),
    "Prompt Multiple Styles Selector": (Slot("style", "style{}"),),
}  # fmt: skip
"""Classes that are not here are read by generic.py and by the input names of references.py."""

RANDOM = frozenset(("CR Random LoRA Stack",))
"""Nodes that draw their LoRAs at random and do not record which: possible, not used."""
