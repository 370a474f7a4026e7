"""The table of widget positions: class → input names in the order of `widgets_values`. Data only; widgets.py applies it.

Taken from the `INPUT_TYPES` of ComfyUI and of the packs of formats §1b. `*` is a value without a name (what follows a seed); names with
`{}` repeat: 1, 2, 3 … Lists may be longer or shorter than a node's values: only the beginning has to agree. OLDER holds what a class looked
like before; the first layout that the values fit is taken.
"""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SAMPLER = _names("seed * steps cfg sampler_name scheduler denoise")
_SIZE = _names("width height batch_size")
_VIDEO_SIZE = _names("width height length batch_size")
_CKPT = ("ckpt_name",)
_TEXT = ("text",)
_LORA = _names("lora_name strength_model strength_clip")
_EASY_TEXTS = _names(
    "positive positive_token_normalization positive_weight_interpretation negative negative_token_normalization negative_weight_interpretation"
)
_EASY_LORA = _names("lora_name lora_model_strength lora_clip_strength")
_EASY_SIZE = _names("resolution empty_latent_width empty_latent_height")

POSITIONS: dict[str, tuple[str, ...]] = {
    # ComfyUI core: sampling
    "KSampler": _SAMPLER,
    "KSamplerAdvanced": _names(
        "add_noise noise_seed * steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise"
    ),
    "SamplerCustom": _names("add_noise noise_seed * cfg"),
    "RandomNoise": _names("noise_seed *"),
    "BasicScheduler": _names("scheduler steps denoise"),
    "KarrasScheduler": _names("steps sigma_max sigma_min rho"),
    "SDTurboScheduler": _names("steps denoise"),
    "AlignYourStepsScheduler": _names("model_type steps denoise"),
    "GITSScheduler": _names("coeff steps denoise"),
    "BetaSamplingScheduler": _names("steps alpha beta"),
    "LTXVScheduler": _names("steps max_shift base_shift stretch terminal"),
    "Flux2Scheduler": _names("steps width height"),
    "KSamplerSelect": ("sampler_name",),
    "CFGGuider": ("cfg",),
    "FluxGuidance": ("guidance",),
    # ComfyUI core: text
    "CLIPTextEncode": _TEXT,
    "CLIPTextEncodeSDXL": _names("width height crop_w crop_h target_width target_height text_g text_l"),
    "CLIPTextEncodeSDXLRefiner": _names("ascore width height text"),
    "CLIPTextEncodeFlux": _names("clip_l t5xxl guidance"),
    "CLIPTextEncodeSD3": _names("clip_l clip_g t5xxl empty_padding"),
    "CLIPTextEncodeHunyuanDiT": _names("bert mt5xl"),
    "CLIPTextEncodeHiDream": _names("clip_l clip_g t5xxl llama"),
    "CLIPTextEncodePixArtAlpha": _names("width height text"),
    "CLIPTextEncodeLumina2": _names("system_prompt user_prompt"),
    "CLIPTextEncodeControlnet": _TEXT,
    "CLIPTextEncodeKandinsky5": _names("clip_l qwen25_7b"),
    "TextEncodeQwenImageEdit": ("prompt",),
    "TextEncodeQwenImageEditPlus": ("prompt",),
    "TextEncodeHunyuanVideo_ImageToVideo": _names("prompt image_interleave"),
    "TextEncodeAceStepAudio": _names("tags lyrics lyrics_strength"),
    "TextEncodeZImageOmni": ("prompt",),
    "GLIGENTextboxApply": _names("text width height x y"),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "PrimitiveInt": _names("value *"),
    "PrimitiveFloat": ("value",),
    "PrimitiveBoolean": ("value",),
    "StringConcatenate": _names("string_a string_b delimiter"),
    "RegexReplace": _names("string regex_pattern replace"),
    "StringReplace": _names("string find replace"),
    "ComfySwitchNode": ("switch",),
    "TextGenerate": _names("prompt max_length"),
    # ComfyUI core: models
    "CheckpointLoaderSimple": _CKPT,
    "CheckpointLoader": _names("config_name ckpt_name"),
    "unCLIPCheckpointLoader": _CKPT,
    "ImageOnlyCheckpointLoader": _CKPT,
    "UNETLoader": _names("unet_name weight_dtype"),
    "VAELoader": ("vae_name",),
    "CLIPLoader": _names("clip_name type device"),
    "DualCLIPLoader": _names("clip_name1 clip_name2 type device"),
    "TripleCLIPLoader": _names("clip_name1 clip_name2 clip_name3"),
    "QuadrupleCLIPLoader": _names("clip_name1 clip_name2 clip_name3 clip_name4"),
    "CLIPVisionLoader": ("clip_name",),
    "ControlNetLoader": ("control_net_name",),
    "DiffControlNetLoader": ("control_net_name",),
    "ModelPatchLoader": ("name",),
    "StyleModelLoader": ("style_model_name",),
    "GLIGENLoader": ("gligen_name",),
    "HypernetworkLoader": _names("hypernetwork_name strength"),
    "UpscaleModelLoader": ("model_name",),
    "LatentUpscaleModelLoader": ("model_name",),
    "PhotoMakerLoader": ("photomaker_model_name",),
    "AudioEncoderLoader": ("audio_encoder_name",),
    "LoraLoader": _LORA,
    "LoraLoaderModelOnly": _LORA,
    "LoraLoaderBypass": _LORA,
    "LoraLoaderBypassModelOnly": _LORA,
    "CreateHookLora": _LORA,
    "CreateHookLoraModelOnly": _LORA,
    "CreateHookModelAsLora": _names("ckpt_name strength_model strength_clip"),
    # ComfyUI core: pictures and sizes
    "LoadImage": ("image",),
    "LoadImageMask": ("image",),
    "LoadImageOutput": ("image",),
    "LoadVideo": ("file",),
    "LoadAudio": ("audio",),
    "EmptyLatentImage": _SIZE,
    "EmptySD3LatentImage": _SIZE,
    "EmptyFlux2LatentImage": _SIZE,
    "EmptyHunyuanImageLatent": _SIZE,
    "EmptyHunyuanLatentVideo": _VIDEO_SIZE,
    "EmptyHunyuanVideo15Latent": _VIDEO_SIZE,
    "EmptyLTXVLatentVideo": _VIDEO_SIZE,
    "EmptyMochiLatentVideo": _VIDEO_SIZE,
    "EmptyCosmosLatentVideo": _VIDEO_SIZE,
    "WanImageToVideo": _VIDEO_SIZE,
    "Wan22ImageToVideoLatent": _VIDEO_SIZE,
    "SaveImage": ("filename_prefix",),
    # API nodes of the core
    "OpenAIDalle2": _names("prompt seed * size n"),
    "OpenAIDalle3": _names("prompt seed * quality style size"),
    "OpenAIGPTImage1": _names("prompt seed * quality background size n"),
    "OpenAIChatNode": _names("prompt persist_context model"),
    "GeminiNode": _names("prompt model seed *"),
    "GeminiImageNode": _names("prompt model seed *"),
    "LumaImageNode": _names("prompt model aspect_ratio seed * style_image_weight"),
    "LumaVideoNode": _names("prompt model aspect_ratio resolution duration loop seed *"),
    "LumaImageToVideoNode": _names("prompt model resolution duration loop seed *"),
    "RecraftTextToImageNode": _names("prompt size n seed * negative_prompt"),
    "RecraftImageToImageNode": _names("prompt n strength seed * negative_prompt"),
    "RecraftTextToVectorNode": _names("prompt substyle size n seed * negative_prompt"),
    "RecraftStyleV3DigitalIllustration": ("substyle",),
    "RecraftStyleV3RealisticImage": ("substyle",),
    "RecraftStyleV3LogoRaster": ("substyle",),
    "RecraftStyleV3InfiniteStyleLibrary": ("style_id",),
    "IdeogramV1": _names("prompt turbo aspect_ratio magic_prompt_option seed * negative_prompt num_images"),
    "IdeogramV2": _names("prompt turbo aspect_ratio resolution magic_prompt_option seed * style_type negative_prompt num_images"),
    "IdeogramV3": _names("prompt aspect_ratio resolution magic_prompt_option seed * num_images rendering_speed"),
    "FluxProUltraImageNode": _names("prompt prompt_upsampling seed * aspect_ratio raw image_prompt_strength"),
    "FluxProImageNode": _names("prompt prompt_upsampling width height seed *"),
    "FluxKontextProImageNode": _names("prompt aspect_ratio guidance steps seed * prompt_upsampling"),
    "FluxKontextMaxImageNode": _names("prompt aspect_ratio guidance steps seed * prompt_upsampling"),
    "StabilityStableImageUltraNode": _names("prompt aspect_ratio style_preset seed * image_denoise negative_prompt"),
    "StabilityStableImageSD_3_5Node": _names("prompt model aspect_ratio style_preset cfg_scale seed * image_denoise negative_prompt"),
    "KlingTextToVideoNode": _names("prompt negative_prompt cfg_scale aspect_ratio mode"),
    "KlingImage2VideoNode": _names("prompt negative_prompt model_name cfg_scale mode aspect_ratio duration"),
    "KlingImageGenerationNode": _names("prompt negative_prompt image_type image_fidelity human_fidelity model_name aspect_ratio n"),
    "VeoVideoGenerationNode": _names("prompt aspect_ratio negative_prompt duration_seconds enhance_prompt person_generation seed *"),
    "Veo3VideoGenerationNode": _names("prompt aspect_ratio negative_prompt duration_seconds enhance_prompt person_generation seed *"),
    "PixverseTextToVideoNode": _names("prompt aspect_ratio quality duration_seconds motion_mode seed * negative_prompt"),
    "PixverseImageToVideoNode": _names("prompt quality duration_seconds motion_mode seed * negative_prompt"),
    "PikaTextToVideoNode2_2": _names("prompt_text negative_prompt seed * resolution duration aspect_ratio"),
    "PikaImageToVideoNode2_2": _names("prompt_text negative_prompt seed * resolution duration"),
    "MinimaxTextToVideoNode": _names("prompt_text model seed *"),
    "MinimaxImageToVideoNode": _names("prompt_text model seed *"),
    "MoonvalleyTxt2VideoNode": _names("prompt negative_prompt resolution prompt_adherence seed * steps"),
    "MoonvalleyImg2VideoNode": _names("prompt negative_prompt resolution prompt_adherence seed * steps"),
    "RunwayTextToImageNode": _names("prompt ratio"),
    "WanTextToImageApi": _names("model prompt negative_prompt width height seed * prompt_extend watermark"),
    "WanTextToVideoApi": _names("model prompt negative_prompt size duration seed * generate_audio prompt_extend watermark"),
    "WanImageToVideoApi": _names("model prompt negative_prompt resolution duration seed * generate_audio prompt_extend watermark"),
    "ByteDanceImageNode": _names("model prompt size_preset width height seed * guidance_scale watermark"),
    "ByteDanceSeedreamNode": _names("model prompt size_preset width height"),
    "ViduTextToVideoNode": _names("model prompt duration seed * aspect_ratio resolution movement_amplitude"),
    # GGUF, Nunchaku, KJNodes, WanVideoWrapper, HunyuanVideoWrapper
    "UnetLoaderGGUF": ("unet_name",),
    "UnetLoaderGGUFAdvanced": ("unet_name",),
    "CLIPLoaderGGUF": _names("clip_name type"),
    "DualCLIPLoaderGGUF": _names("clip_name1 clip_name2 type"),
    "TripleCLIPLoaderGGUF": _names("clip_name1 clip_name2 clip_name3"),
    "LoaderGGUF": ("gguf_name",),
    "ClipLoaderGGUF": _names("clip_name type"),
    "CheckpointLoaderNF4": _CKPT,
    "NunchakuFluxDiTLoader": ("model_path",),
    "NunchakuFluxLoraLoader": _names("lora_name lora_strength"),
    "DiffusionModelLoaderKJ": ("model_name",),
    "StringConstant": ("string",),
    "StringConstantMultiline": _names("string strip_newlines"),
    "JoinStrings": ("delimiter",),
    "JoinStringMulti": _names("inputcount delimiter return_list"),
    "INTConstant": ("value",),
    "FloatConstant": ("value",),
    "WanVideoModelLoader": ("model",),
    "WanVideoVAELoader": ("model_name",),
    "LoadWanVideoT5TextEncoder": ("model_name",),
    "LoadWanVideoClipTextEncoder": ("model_name",),
    "WanVideoTextEncode": _names("positive_prompt negative_prompt force_offload"),
    "WanVideoTextEncodeCached": _names("model_name precision positive_prompt negative_prompt quantization"),
    "WanVideoTextEncodeSingle": ("prompt",),
    "WanVideoSampler": _names("steps cfg shift seed * force_offload scheduler"),
    "WanVideoLoraSelect": _names("lora strength"),
    "WanVideoLoraSelectByName": _names("lora_name strength"),
    "WanVideoLoraSelectMulti": _names("lora_0 strength_0 lora_1 strength_1 lora_2 strength_2 lora_3 strength_3 lora_4 strength_4"),
    "HyVideoModelLoader": ("model",),
    "HyVideoVAELoader": ("model_name",),
    "HyVideoTextEncode": ("prompt",),
    "HyVideoLoraSelect": _names("lora strength"),
    "HunyuanVideoLoraLoader": _names("lora_name strength"),
    "CogVideoTextEncode": _names("prompt strength"),
    "CogVideoLoraSelect": _names("lora strength"),
    # pysssss
    "LoraLoader|pysssss": _LORA,
    "CheckpointLoader|pysssss": _CKPT,
    "ShowText|pysssss": ("text_0",),
    "StringFunction|pysssss": _names("action tidy_tags text_a text_b text_c"),
    # rgthree
    "Lora Loader Stack (rgthree)": _names("lora_01 strength_01 lora_02 strength_02 lora_03 strength_03 lora_04 strength_04"),
    "Power Prompt (rgthree)": _names("prompt insert_lora insert_embedding insert_saved"),
    "Power Prompt - Simple (rgthree)": _names("prompt insert_embedding insert_saved"),
    "SDXL Power Prompt - Positive (rgthree)": _names("prompt_g prompt_l insert_lora insert_embedding insert_saved"),
    "SDXL Power Prompt - Simple / Negative (rgthree)": _names("prompt_g prompt_l insert_embedding insert_saved"),
    "Seed (rgthree)": ("seed",),
    "KSampler Config (rgthree)": _names("steps_total refiner_step cfg sampler_name scheduler"),
    "SDXL Empty Latent Image (rgthree)": _names("dimensions clip_scale batch_size"),
    # Efficiency
    "Efficient Loader": _names(
        "ckpt_name vae_name clip_skip lora_name lora_model_strength lora_clip_strength positive negative token_normalization"
        " weight_interpretation empty_latent_width empty_latent_height batch_size"
    ),
    "Eff. Loader SDXL": _names(
        "base_ckpt_name base_clip_skip refiner_ckpt_name refiner_clip_skip positive_ascore negative_ascore vae_name positive negative"
        " token_normalization weight_interpretation empty_latent_width empty_latent_height batch_size"
    ),
    "LoRA Stacker": _names("input_mode lora_count lora_name_{} lora_wt_{} model_str_{} clip_str_{}"),
    "XY Input: LoRA": _names("input_mode batch_path subdirectories batch_sort batch_max lora_count model_strength clip_strength lora_name_{} model_str_{} clip_str_{}"),
    "LoRA Stacker Adv.": _names("lora_name_1 model_str_1 clip_str_1 lora_name_2 model_str_2 clip_str_2 lora_name_3 model_str_3 clip_str_3"),
    "KSampler (Efficient)": _SAMPLER,
    "KSampler Adv. (Efficient)": _names(
        "add_noise noise_seed * steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise"
    ),
    "KSampler SDXL (Eff.)": _names("noise_seed * steps cfg sampler_name scheduler start_at_step refine_at_step"),
    # Comfyroll
    "CR LoRA Stack": _names("switch_{} lora_name_{} model_weight_{} clip_weight_{}"),
    "CR Random LoRA Stack": _names("exclusive_mode stride force_randomize_after_stride lora_name_{} switch_{} chance_{} model_weight_{} clip_weight_{}"),
    "CR Seed": _names("seed *"),
    "CR Load LoRA": _names("switch lora_name strength_model strength_clip"),
    "CR Prompt Text": ("prompt",),
    "CR Text": _TEXT,
    "CR Multiline Text": _TEXT,
    "CR Combine Prompt": _names("part1 part2 part3 part4 separator"),
    "CR Text Concatenate": _names("text1 text2 separator"),
    # WAS
    "Lora Loader": _LORA,
    "Load Lora": _LORA,
    "Checkpoint Loader (Simple)": _CKPT,
    "Text Multiline": _TEXT,
    "Text String": _names("text text_b text_c text_d"),
    "Text Concatenate": _names("delimiter clean_whitespace text_a text_b text_c text_d"),
    "Image Load": _names("image_path RGBA filename_text_extension"),
    # Impact, Inspire
    "ImpactWildcardProcessor": ("wildcard_text", "populated_text", "mode", "seed", "*", "Select to add Wildcard"),
    "ImpactWildcardEncode": ("wildcard_text", "populated_text", "mode", "Select to add LoRA", "Select to add Wildcard", "seed", "*"),
    "WildcardEncode //Inspire": (
        "token_normalization", "weight_interpretation", "wildcard_text", "populated_text", "mode", "Select to add LoRA",
        "Select to add Wildcard", "seed", "*",
    ),
    "LoraLoaderBlockWeight //Inspire": _names("category_filter lora_name strength_model strength_clip inverse seed * A B preset block_vector"),
    # Easy-Use, tinyterra
    "easy fullLoader": (*_names("ckpt_name config_name vae_name clip_skip"), *_EASY_LORA, *_EASY_SIZE, *_EASY_TEXTS, "batch_size"),
    "easy a1111Loader": (*_names("ckpt_name vae_name clip_skip"), *_EASY_LORA, *_EASY_SIZE, *_names("positive negative batch_size a1111_prompt_style")),
    "easy comfyLoader": (*_names("ckpt_name vae_name clip_skip"), *_EASY_LORA, *_EASY_SIZE, *_names("positive negative batch_size")),
    "easy fluxLoader": (*_names("ckpt_name vae_name"), *_EASY_LORA, *_EASY_SIZE, *_names("positive batch_size")),
    "easy positive": ("positive",),
    "easy negative": ("negative",),
    "easy loraStack": _names("toggle mode num_loras lora_{}_name lora_{}_strength lora_{}_model_strength lora_{}_clip_strength"),
    "ttN text": _TEXT,
    "ttN concat": ("delimiter",),
    "ttN pipeLoader": (
        *_names("ckpt_name config_name vae_name clip_skip lora1_name lora1_model_strength lora1_clip_strength lora2_name lora2_model_strength"
                " lora2_clip_strength lora3_name lora3_model_strength lora3_clip_strength"),
        *_EASY_TEXTS,
    ),
    "easy loraSwitcher": _names("toggle select num_loras lora_strength lora_{}_name"),
    # LoRA Manager
    "Lora Loader (LoraManager)": _names("text loras"),
    "Lora Stacker (LoraManager)": _names("text loras"),
    "WanVideo Lora Select (LoraManager)": _names("low_mem_load merge_loras text loras"),
    "LoRA Text Loader (LoraManager)": ("lora_syntax",),
    # Nunchaku, KJNodes, LTX, AnimateDiff, Prompt Control, SwarmUI
    "NunchakuFluxLoraStack": _names("lora_name_{} lora_strength_{}"),
    "NunchakuQwenImageLoraLoader": _names("lora_name lora_strength"),
    "DiTBlockLoraLoader": _names("strength_model lora_name"),
    "LTX2LoraLoaderAdvanced": _names("lora_name strength_model"),
    "LTXICLoRALoaderModelOnly": _names("lora_name strength_model"),
    "LTXVQ8LoraModelLoader": _names("lora_name strength_model"),
    "ADE_AnimateDiffLoRALoader": _names("name strength"),
    "PCLazyLoraLoader": _TEXT,
    "PCLazyLoraLoaderAdvanced": _TEXT,
    "SwarmLoraLoader": _names("lora_names lora_weights"),
    "SDLoraLoader": _LORA,
    "LoraLoaderWithPreviews": _LORA,
    # others
    "smZ CLIPTextEncode": _names(
        "text parser mean_normalization multi_conditioning use_old_emphasis_implementation with_SDXL ascore width height crop_w crop_h"
        " target_width target_height text_g text_l smZ_steps"
    ),
    "BNK_CLIPTextEncodeAdvanced": _names("text token_normalization weight_interpretation"),
    "BNK_CLIPTextEncodeSDXLAdvanced": _names("text_l text_g token_normalization weight_interpretation balance"),
    "BNK_AddCLIPSDXLParams": _names("width height crop_w crop_h target_width target_height"),
    "BNK_CutoffSetRegions": _names("region_text target_text weight"),
    "SDXLPromptStyler": _names("text_positive text_negative style log_prompt style_positive style_negative"),
    "SDXLPromptStylerAdvanced": _names("text_positive_g text_positive_l text_negative style negative_prompt_to log_prompt"),
    "DF_Text_Box": ("Text",),
    "DF_Text": ("Text",),
    "Text _O": _TEXT,
    "String Literal": ("string",),
    "LoraTagLoader": _TEXT,
    "SeargeLoras": _names(
        "lora_1 lora_1_strength lora_2 lora_2_strength lora_3 lora_3_strength lora_4 lora_4_strength lora_5 lora_5_strength"
    ),
    "Save Image w/Metadata": _names("filename path extension steps cfg modelname sampler_name scheduler positive negative seed_value width height"),
    "UltralyticsDetectorProvider": ("model_name",),
    "SAMLoader": _names("model_name device_mode"),
    "IPAdapterModelLoader": ("ipadapter_file",),
    "IPAdapterUnifiedLoader": ("preset",),
}  # fmt: skip

OLDER: dict[str, tuple[tuple[str, ...], ...]] = {
    "Efficient Loader": (
        _names("ckpt_name vae_name clip_skip positive negative empty_latent_width empty_latent_height batch_size"),
    ),
    "KSampler (Efficient)": (_names("sampler_state my_unique_id seed * steps cfg sampler_name scheduler denoise"), _names("sampler_state seed * steps cfg sampler_name scheduler denoise")),
    "LoRA Stacker": (
        _names("lora_name_1 lora_wt_1 lora_name_2 lora_wt_2 lora_name_3 lora_wt_3"),
        _names("lora_name_1 model_str_1 clip_str_1 lora_name_2 model_str_2 clip_str_2 lora_name_3 model_str_3 clip_str_3"),
    ),
    "WildcardEncode //Inspire": (
        ("wildcard_text", "populated_text", "mode", "Select to add LoRA", "Select to add Wildcard", "seed", "*"),
    ),
    "easy fullLoader": (
        (*_names("ckpt_name config_name vae_name clip_skip"), *_EASY_LORA, *_EASY_SIZE, *_names("positive negative batch_size")),
    ),
    "easy fluxLoader": ((*_names("ckpt_name vae_name"), *_EASY_LORA, *_EASY_SIZE, *_names("positive negative batch_size")),),
    "CLIPTextEncodeFlux": (_names("clip_l t5xxl"),),
    "smZ CLIPTextEncode": (_names("text parser mean_normalization multi_conditioning use_old_emphasis_implementation"), _TEXT),
    "SDXLPromptStyler": (_names("text_positive text_negative style log_prompt"),),
}  # fmt: skip
