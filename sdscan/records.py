"""Every record that crosses a stage border. All are frozen and plain: they go to msgpack and JSON as they are.

The names and value sets that users see (`-o json`) are fixed by docs/json.md; fields may be added, never renamed.

    Candidate → Container(Blob…) → FileFacts(Generation(Prompt, Resource), ModelFacts) → Resolved → Match → Finding → FileResult
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Outcome = Literal["scanned", "no-metadata", "unsupported", "unreadable", "skipped"]
Role = Literal["positive", "negative", "template", "unknown"]
State = Literal["used", "possible", "unused"]
Severity = Literal["info", "low", "medium", "high", "critical"]
Strength = Literal["weak", "medium", "strong"]
Verdict = Literal["ok", "info", "remind", "label", "review", "block"]
Tier = Literal["declared", "configured", "statistical", "name"]
SubjectKind = Literal["character", "work", "artist", "studio", "style", "person"]
ResourceKind = Literal[
    "lora", "checkpoint", "embedding", "hypernetwork", "vae", "text-encoder", "controlnet", "ip-adapter",
    "upscaler", "detector", "style", "reference-image",
]  # fmt: skip
EvidenceSource = Literal[
    "prompt", "negative-prompt", "template", "lora-name", "lora-hash", "lora-trigger", "lora-training", "lora-title",
    "sidecar", "checkpoint-name", "embedding-name", "style-name", "reference-image", "file-name", "xmp",
]  # fmt: skip

SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
STRENGTHS: tuple[Strength, ...] = ("weak", "medium", "strong")
VERDICTS: tuple[Verdict, ...] = ("ok", "info", "remind", "label", "review", "block")

FILE_SCHEMA = "sdscan-file/1"
REPORT_SCHEMA = "sdscan-report/1"


# ---- facts -------------------------------------------------------------------------------------------------


class Listed(Struct, frozen=True, gc=False):
    """What a listing or an inventory of an object store says of an object."""

    size: int = -1
    """Bytes; -1 where it does not say."""
    etag: str = ""
    """What changes when its content does; empty where it does not say."""
    beside: tuple[tuple[str, str], ...] = ()
    """(name, etag) of the objects beside it whose names begin with its stem: its sidecars may be among them."""


class Candidate(Struct, frozen=True, gc=False):
    """One file selected for scanning."""

    path: str
    """As given or found; what reports show, with POSIX separators."""
    named: bool = False
    """True where the user named this very file (it then gets a record whatever it is)."""
    skipped: str | None = None
    """A sentence where the file was selected but must not be read (excluded)."""
    refused: str | None = None
    """A sentence where the system does not let it be read: a folder that cannot be listed, a link into nothing."""
    listed: Listed | None = None
    """Of an object in a store, whose address is `path`; None: a local file."""
    lone: bool = False
    """True where its folder was seen to hold nothing that could be a sidecar; False: somebody must look."""


class Problem(Struct, frozen=True, gc=False):
    """Something odd that was survived."""

    code: str
    """Kebab-case, from a closed list a module (`bad-crc`, `truncated`, `limit-inflated` …)."""
    detail: str
    """One sentence for a person."""
    offset: int | None = None
    """Byte offset in the file where it was seen."""


class Blob(Struct, frozen=True, gc=False):
    """One named piece of metadata as it stands in a container: bytes → text, no meaning."""

    locator: str
    """Where it stands: `png:tEXt/parameters`, `jpeg:exif/UserComment`, `webp:exif/0x0110`, `png:alpha/stealth_pngcomp`."""
    key: str
    """The key as written (`parameters`, `UserComment`, `xmp`, `c2pa`, `PROMPT`)."""
    text: str | None
    """The decoded text; None where the piece is binary (C2PA) and stands in `data`."""
    data: bytes = b""
    """The raw bytes where `text` is None."""
    offset: int = 0
    """Byte offset of the chunk, segment or box in the file."""
    size: int = 0
    """Stored size in bytes."""


class Container(Struct, frozen=True, gc=False):
    """What a container walker found."""

    format: str
    """By content: png jpeg webp avif heif jxl gif tiff mp4 webm flac ogg mp3 bmp safetensors pickle text … unknown."""
    blobs: tuple[Blob, ...] = ()
    problems: tuple[Problem, ...] = ()
    incomplete: str | None = None
    """A sentence where the file could not be read to its end; the outcome is then `unreadable`."""
    width: int = 0
    """Pixels; 0 where unknown."""
    height: int = 0
    frames: int = 1
    """More than 1 for an animation, where the container says so."""
    has_alpha: bool = False


class Prompt(Struct, frozen=True, gc=False):
    """One prompt text."""

    role: Role
    text: str
    locator: str
    state: State = "used"
    """unused: it did not reach the picture: a muted node, one that no output uses, an instruction to a language model."""


class ResolvedFile(Struct, frozen=True, gc=False):
    """The local model file that a resource was resolved to."""

    path: str
    """As found below the folder the user gave, POSIX separators."""
    how: str
    """autov3 sha256 autov2 sshs blake3 name-hash version-id path stem alias normalised autov1 (a hint only)."""
    certainty: float
    """0 to 1."""
    candidates: tuple[str, ...] = ()
    """Other files that fit as well."""
    conflict: str | None = None
    """A sentence where the name and the hash point at different files."""


class Resource(Struct, frozen=True, gc=False):
    """A model, embedding, style or picture that a generation names."""

    kind: ResourceKind
    name: str
    """As written, less folder and suffix."""
    raw: str | None = None
    """As written."""
    hash: str | None = None
    """As written, or None."""
    weight: float | None = None
    """The weight of the UNet/model part; None where the writer names none."""
    state: State = "used"
    """unused: muted, not reachable, weight 0. possible: an alternative that may not have been drawn."""
    file: ResolvedFile | None = None
    """Set by the resolver; always None in facts."""
    locator: str = ""
    """Where it is named (`png:tEXt/prompt#4.inputs.lora_name`)."""
    version_id: str | None = None
    """Civitai model version id, or AIR urn, where the writer gives one."""


class Generation(Struct, frozen=True, gc=False):
    """What one writer left in a file."""

    tool: str
    """a1111 forge comfyui novelai … unknown: the closed list is `sdscan.facts.decoders.TOOLS`."""
    locator: str
    tool_version: str | None = None
    prompts: tuple[Prompt, ...] = ()
    resources: tuple[Resource, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    """All other settings, as written."""
    hidden: bool = False
    """True where it was read out of the pixels."""
    canvas_only: bool = False
    """True where only the editor's canvas is in the file, not what was executed."""


class Disclosure(Struct, frozen=True, gc=False):
    """AI marks that the file carries; None where there is none of the kind."""

    iptc: str | None = None
    """IPTC DigitalSourceType code (`trainedAlgorithmicMedia`), from XMP."""
    c2pa: str | None = None
    """Summary of a C2PA manifest: generator, actions, source types, and `not verified` / `valid` / `invalid`."""
    aigc: str | None = None
    """China's AIGC label, as written."""


class SubjectKindEvidence(Struct, frozen=True, gc=False):
    """What a model was made for, and why we think so."""

    value: Literal["character", "person", "style", "concept", "clothing", "unknown"] = "unknown"
    certainty: float = 0.0
    because: tuple[str, ...] = ()


class Trigger(Struct, frozen=True, gc=False):
    """A word that makes a model act."""

    text: str
    tier: Tier
    coverage: float | None = None
    """Share of the training captions that hold it, 0 to 1; None where unknown."""
    locator: str = ""


class Hashes(Struct, frozen=True, gc=False):
    """Hex digests of a model file; None where not computed."""

    sha256: str | None = None
    autov2: str | None = None
    """First 10 hex digits of the SHA-256 of the file."""
    autov3: str | None = None
    """SHA-256 of what follows the safetensors header."""
    declared: str | None = None
    """What the file or a sidecar claims (`sshs_model_hash`, `modelspec.hash_sha256`); poison values are dropped."""
    blake3: str | None = None
    sidecar: str | None = None
    """SHA-256 that a sidecar claims; not verified."""


class License(Struct, frozen=True, gc=False):
    """What the model's licence allows; None where nothing is said."""

    commercial_images: bool | None = None
    derivatives: bool | None = None
    credit: bool | None = None
    """True where credit is asked for."""
    source: str = ""


class TrainingFolder(Struct, frozen=True, gc=False):
    """One folder of the training set."""

    name: str
    images: int | None = None
    regularisation: bool = False


class Training(Struct, frozen=True, gc=False):
    """What a model was trained on, as its header says."""

    images: int | None = None
    folders: tuple[TrainingFolder, ...] = ()
    tags: tuple[tuple[str, float], ...] = ()
    """(tag, coverage 0 to 1), most frequent first, regularisation folders left out."""


class ModelText(Struct, frozen=True, gc=False):
    """A text about the model that is worth matching (title, description, tag, folder name)."""

    source: EvidenceSource
    """lora-title, lora-training, sidecar …"""
    text: str
    locator: str


class ModelFacts(Struct, frozen=True, gc=False):
    """What a model file (with its sidecars) says about itself."""

    kind: Literal["lora", "checkpoint", "embedding", "hypernetwork", "vae", "unknown"] = "unknown"
    subject_kind: SubjectKindEvidence = SubjectKindEvidence()
    title: str | None = None
    alias: str | None = None
    """`ss_output_name`: the name a prompt uses by default."""
    base_model: str | None = None
    network: str | None = None
    triggers: tuple[Trigger, ...] = ()
    hashes: Hashes = Hashes()
    license: License | None = None
    training: Training | None = None
    metadata_state: Literal["full", "minimal", "absent"] = "absent"
    writer: str | None = None
    """kohya onetrainer ai-toolkit simpletuner musubi diffusers peft … or None."""
    frames: tuple[str, ...] = ()
    """Reasons to think that it was trained on captured frames of an animation or game."""
    merged_from: tuple[str, ...] = ()
    poi: bool | None = None
    """The site marks it as a real person."""
    nsfw: bool | None = None
    texts: tuple[ModelText, ...] = ()
    sidecars: tuple[str, ...] = ()
    """File names of the sidecars that were read."""
    version_ids: tuple[str, ...] = ()
    """Civitai version ids that a sidecar names."""
    declared_mismatch: str | None = None
    """A sentence where a declared hash was computed and is false."""
    dangerous: tuple[str, ...] = ()
    """Globals that a pickle would import if it were loaded."""


class FileFacts(Struct, frozen=True, gc=False):
    """Everything a file says, a pure function of its bytes and of its sidecars. What the catalog keeps."""

    format: str
    outcome: Outcome
    reason: str | None = None
    problems: tuple[Problem, ...] = ()
    generations: tuple[Generation, ...] = ()
    model: ModelFacts | None = None
    disclosure: Disclosure = Disclosure()
    texts: tuple[ModelText, ...] = ()
    """Other texts worth matching: XMP description and keywords, captions."""
    width: int = 0
    height: int = 0
    private: tuple[tuple[str, str, str], ...] = ()
    """(kind, locator, text) of personal data: home-path user-name e-mail key gps."""


# ---- judgement ---------------------------------------------------------------------------------------------


class Subject(Struct, frozen=True, gc=False):
    """Who or what a finding is about."""

    id: str
    kind: SubjectKind
    name: str
    franchise: str | None = None
    """Id of the work, for a character."""


class Evidence(Struct, frozen=True, gc=False):
    """Where it was seen."""

    source: EvidenceSource
    locator: str
    text: str
    """The matched text as written."""
    start: int | None = None
    """Offset in characters into the text at `locator`; None where there is no text to point into."""
    end: int | None = None
    weight: float | None = None
    state: State = "used"


class Match(Struct, frozen=True, gc=False):
    """One watchlist entry seen at one place."""

    subject: Subject
    strength: Strength
    evidence: Evidence
    how: str
    """Why it counts, in few words: `full name`, `whole tag`, `by …`, `given name beside its work`, `LoRA name`."""
    style: bool = False
    """Named as a style: `by`, `artist:`, `in the style of`, a style LoRA."""


class Suppressed(Struct, frozen=True, gc=False):
    """Why a finding does not count."""

    by: str
    """sdscan.toml or the baseline's file name."""
    reason: str
    expires: str | None = None
    """ISO date."""


class Finding(Struct, frozen=True, gc=False):
    """A risk with its evidence. Never a legal verdict."""

    id: str
    """First 16 hex digits of SHA-256 over rule, subject and normalised evidence: the same on every machine."""
    rule: str
    name: str
    severity: Severity
    strength: Strength
    subject: Subject | None
    message: str
    evidence: tuple[Evidence, ...] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    suppressed: Suppressed | None = None
    because: tuple[str, ...] = ()
    """How the finding came to its level, one step a line (`scan -v`)."""
    next_step: str = ""
    """What the user can do about it."""
    risks: tuple[str, ...] = ()
    """Risk classes of the platform packs that it touches (`derivative`, `style_imitation` …): what its verdicts ask for."""


class Reason(Struct, frozen=True, gc=False):
    """Why a platform's verdict is what it is; the strictest first."""

    platform: str
    verdict: Verdict
    text: str
    next_step: str = ""
    source: str = ""
    date: str = ""
    basis: str = ""
    evidence: str = ""
    """Whose page the source is: official, secondary (somebody else's), repository, background (none); empty where there is no source."""


class FileResult(Struct, frozen=True, gc=False):
    """The record of one file, as `-o jsonl` writes it."""

    path: str
    outcome: Outcome
    format: str
    schema: str = FILE_SCHEMA
    reason: str | None = None
    problems: tuple[Problem, ...] = ()
    generations: tuple[Generation, ...] = ()
    model: ModelFacts | None = None
    disclosure: Disclosure = Disclosure()
    findings: tuple[Finding, ...] = ()
    severity: Severity | None = None
    """The worst finding that is not suppressed."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    width: int = 0
    height: int = 0


class Pack(Struct, frozen=True, gc=False):
    """Which data a run was judged by."""

    id: str
    version: str
    sha256: str


class Tool(Struct, frozen=True, gc=False):
    """Which program judged."""

    name: str
    version: str
