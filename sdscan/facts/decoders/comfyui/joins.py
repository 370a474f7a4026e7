"""The table of string nodes: class → how the text that comes out is made of the inputs. Data only; strings.py applies it."""

from __future__ import annotations

from msgspec import Struct


class Join(Struct, frozen=True):
    """How a string node makes its output of its inputs."""

    parts: tuple[str, ...]
    """Input names in order; `text_*` stands for text_1, text_2 … or text_a, text_b …"""
    separator: str = ""
    """Name of the input that holds the separator."""
    default: str = ""
    """Separator where there is no such input."""
    skip_empty: bool = False
    """True where empty parts are left out together with their separator."""


def _one(*names: str) -> Join:
    return Join(names[:1])


STRING_NODES: dict[str, Join] = {
    "PrimitiveString": _one("value"),
    "PrimitiveStringMultiline": _one("value"),
    "PrimitiveNode": _one("value"),
    "String Literal": _one("string"),
    "StringConstant": _one("string"),
    "StringConstantMultiline": _one("string"),
    "Text Multiline": _one("text"),
    "Text Multiline (Code Compatible)": _one("text"),
    "Text _O": _one("text"),
    "Text String": _one("text"),
    "Text to String": _one("text"),
    "CR Text": _one("text"),
    "CR Prompt Text": _one("prompt"),
    "CR Multiline Text": _one("text"),
    "ttN text": _one("text"),
    "DF_Text": _one("Text"),
    "DF_Text_Box": _one("Text"),
    "easy positive": _one("positive"),
    "easy negative": _one("negative"),
    "easy string": _one("value"),
    "JWString": _one("text"),
    "JWStringMultiline": _one("text"),
    "Textbox": _one("text"),
    "TextInput_": _one("text"),
    "Text box": _one("text"),
    "Text_Box": _one("text"),
    "ImpactWildcardProcessor": _one("populated_text"),
    "String": _one("String"),
    "Simple String": _one("string"),
    "SimpleText": _one("text"),
    "SeargePromptText": _one("prompt"),
    "SeargeTextInputV2": _one("prompt"),
    "Prompt (rgthree)": _one("prompt"),
    "Textarea": _one("text"),
    "Text": _one("text"),
    "Note Plus (mtb)": _one("note"),
    "Griptape Create: Text": _one("text"),
    "PromptStash": _one("prompt_text"),
    "StringConcatenate": Join(("string_a", "string_b"), "delimiter"),
    "Text Concatenate": Join(("text_a", "text_b", "text_c", "text_d"), "delimiter", "\n", True),
    "Text Concatenate _O": Join(("text1", "text2"), "separator", ""),
    "JoinStrings": Join(("string1", "string2"), "delimiter", " "),
    "JoinStringMulti": Join(("string_*",), "delimiter", " "),
    "CR Combine Prompt": Join(("part*",), "separator", ","),
    "CR Text Concatenate": Join(("text1", "text2"), "separator", ""),
    "Text Concatenate (JPS)": Join(("text*",), "delimiter", ", ", True),
    "ttN concat": Join(("text1", "text2", "text3"), "delimiter"),
    "easy promptConcat": Join(("prompt1", "prompt2"), "separator"),
    "ConcatText": Join(("text1", "text2"), "separator"),
    "Concat String (mtb)": Join(("string_1", "string_2"), "separator", " "),
    "Concat Text _O": Join(("text1", "text2"), "separator"),
    "ConcatStringSingle": Join(("string_a", "string_b")),
    "ConcatText_Zho": Join(("text_1", "text_2"), "separator"),
    "StringConcat": Join(("text1", "text2"), "separator"),
    "Prompt Concatenate": Join(("prompt1", "prompt2"), "separator"),
}  # fmt: skip
"""String nodes whose output is known from their source code: class → rule. A part that is missing counts as empty."""

RESULTS: dict[str, str] = {
    "ShowText|pysssss": "text",
    "ShowText": "text",
    "Show Text": "text",
    "easy showAnything": "anything",
    "Display Any (rgthree)": "source",
    "PreviewAny": "source",
    "Show any [Crystools]": "any_value",
    "DisplayText": "text",
    "ttN textDebug": "text",
}
"""Nodes that show a text and keep what they showed (`text_0`, `widgets_values`): class → the input that it comes in by."""
