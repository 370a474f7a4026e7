"""A Generation in the making: decoders put in what they read, in order; empty texts and empty choices fall out here."""

from __future__ import annotations

from collections.abc import Iterable

from sdscan.facts.decoders.resources import Resources, add, named, resource
from sdscan.facts.decoders.tags import add_tags
from sdscan.facts.text import scalar
from sdscan.records import Generation, Prompt, ResourceKind, Role, State

_STATES: dict[Role, State] = {"positive": "used", "negative": "unused", "template": "possible", "unknown": "used"}


class Draft:
    """What one writer left in a file, so far."""

    __slots__ = ("locator", "prompts", "resources", "tags", "tool")

    def __init__(self, tool: str, locator: str, *, tags: bool = True) -> None:
        """`tags`: whether this writer loads `<lora:…>` in a prompt."""
        self.tool = tool
        self.locator = locator
        self.tags = tags
        self.prompts: list[Prompt] = []
        self.resources: Resources = {}

    def prompt(self, role: Role, text: object, where: str = "") -> None:
        """Take in a text found at `<locator>#<where>`; anything but a text with content is passed over, a repeat too."""
        if not isinstance(text, str) or not text.strip():
            return
        item = Prompt(role, scalar(text), f"{self.locator}#{scalar(where)}" if where else self.locator)
        if any(item.role == p.role and item.text == p.text for p in self.prompts[-16:]):
            return
        self.prompts.append(item)
        if self.tags:
            add_tags(self.resources, item.text, item.locator, _STATES[role])

    def prompts_of(self, role: Role, texts: Iterable[object], where: str) -> None:
        """Take in several texts, at `<where>[0]` and so on."""
        for index, text in enumerate(texts):
            self.prompt(role, text, f"{where}[{index}]")

    def model(
        self,
        kind: ResourceKind,
        raw: object,
        where: str,
        *,
        digest: object = None,
        weight: float | None = None,
        state: State = "used",
        version_id: str | None = None,
    ) -> None:
        """Take in a model by its name as written; anything but a name is passed over."""
        if not isinstance(raw, str) or not named(raw):
            return
        digest = digest if isinstance(digest, str) else None
        where = f"{self.locator}#{scalar(where)}" if where else self.locator
        add(
            self.resources, resource(kind, raw, where, digest=digest, weight=weight, state=state, version_id=version_id)
        )

    def done(
        self, version: object = None, parameters: dict[str, str] | None = None, *, canvas: bool = False
    ) -> Generation:
        """The record."""
        return Generation(
            self.tool,
            self.locator,
            scalar(version) if isinstance(version, str) and version else None,
            tuple(self.prompts),
            tuple(self.resources.values()),
            parameters or {},
            canvas_only=canvas,
        )
