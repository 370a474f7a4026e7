"""What the policy packs hold: platforms and their rules, works and their guidelines, rightsholders and their statements.

The records are also the shape of the TOML: a key of a pack is a field here, and a key that is no field is refused.
Every fact carries where it stands (`source`), when it was said (`date`), how it is known (`basis`, `evidence`) and when it
wants to be looked at again (`review_after`). "unknown" never means allowed.
"""

from __future__ import annotations

import datetime
from typing import Literal, get_args

from msgspec import Struct

from sdscan.records import VERDICTS, Pack, Verdict

RiskClass = Literal[
    "ai_any",                 # any AI picture at all
    "ai_assisted",            # AI helped, a person made the main part
    "ai_disclosure",          # the mark that is owed
    "ai_tool_access",         # workflows or tools handed out with adult pictures
    "adult",                  # sexual content as such
    "rating",                 # sexual content on a site (or half of one) that shows none
    "anime_capture_lora",     # a model trained on captured frames
    "derivative",             # a character or work of somebody else
    "derivative_strict",      # … of a rightsholder known to be strict
    "r18_derivative",         # … together with sexual content
    "derivative_r18_strict",  # … both
    "style_imitation",        # an artist named to imitate their style
    "style_artist_lora",      # a model made of one artist's pictures
    "work_imitation",         # made from somebody else's picture (img2img, reference)
    "hand_traced",            # AI output drawn over by hand
    "real_person",            # a real person
    "minor_sexual",           # built in: always block
    "minor_photoreal",        # a minor-coded subject, photoreal, in any context
    "mosaic",                 # explicit content that must be concealed
    "payment_prohibited",     # themes that the card networks forbid
    "content_misc",           # further themes that the platform forbids
    "metadata_missing",       # generation data that the platform demands is not there
    "private_data",           # home paths, names, keys in the metadata
    "lora_license",           # a model's licence
    "spam",                   # many alike pictures at once
    "public_domain_ok",       # an artist or work out of copyright
    "original_ok",            # nothing of somebody else
    "other_ip",               # agencies, brands, news events
    "other",
]  # fmt: skip
"""The closed vocabulary of what a platform may have a rule about."""

Basis = Literal["stated", "enforced", "reported", "inferred"]
"""stated: written by the platform. enforced: sanctions happened. reported: users say so. inferred: a conclusion."""
EvidenceKind = Literal["official", "secondary", "repository", "background"]
"""official: the holder's own page. secondary: somebody else's page. repository: a public source file. background: no page."""
Kind = Literal[
    "posting",
    "selling",
    "stock",
    "subscription",
    "commission",
    "social",
    "model-site",
    "booru",
    "store",
    "event",
    "law",
    "profile",
]
TakesAi = Literal["yes", "labelled", "limited", "no", "unknown"]
OnlyIf = Literal["", "adult", "photoreal", "adult-photoreal", "sold", "live"]
"""adult: sexual. photoreal: lifelike. sold: offered for money. live: generated while a game runs."""
MetadataWish = Literal["keep", "strip", "mark", "none", "unknown"]
"""keep: generation data must stay. mark: reads AI marks, so carry them. strip: wants none. none: no use of it is known."""
Mosaic = Literal["", "1/100-long-side", "1/50-long-side"]
Confidence = Literal["high", "medium", "low", ""]
Category = Literal[
    "explicit_strict", "based_on_real", "image_protection", "past_infringement", "reputed_strict", "guideline_allows",
    "tolerant_tacit", "unknown",
]  # fmt: skip
WorkAi = Literal["no", "restricted", "objects", "yes", "not-named", "unknown"]
"""objects: no rule about fan pictures, but the rightsholder has spoken or sued against AI use of its works."""

RISK_CLASSES: tuple[RiskClass, ...] = get_args(RiskClass)


class PlatformRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What a platform says, or is known to do, about one class of risk."""

    risk_class: RiskClass
    effect: Verdict
    text: str
    """One or two sentences in our own words."""
    basis: Basis = "stated"
    evidence: EvidenceKind = "official"
    source: str = ""
    """Address or repository file; empty only for background knowledge."""
    date: str = ""
    """ISO date, or YYYY-MM or YYYY; empty where the source is undated."""
    review_after: datetime.date | None = None
    """From this day on the rule wants to be checked again; the pack's own where the rule names none."""
    background: bool = False
    """Rests on background knowledge: no page was found that says so."""
    see: tuple[str, ...] = ()
    """Further addresses."""
    date_note: str = ""
    """What one date cannot say (`announced 2023-05-02, in force 2023-05-31`)."""
    confidence: Confidence = ""
    only_if: OnlyIf = ""
    """The text speaks only of such pictures; for others the effect is a hint, not the rule."""
    inherited: str = ""
    """Set by the loader: id of the shared entry that the rule came from (`payment_networks`)."""


class Platform(Struct, frozen=True, forbid_unknown_fields=True):
    """One place to publish or sell, or a profile of the user's own."""

    id: str
    name: str
    kind: Kind
    takes_ai: TakesAi
    stance: str
    """Its view of AI pictures in one sentence."""
    disclosure: str
    """What must be said, and where; how it is called there."""
    disclosure_effect: Verdict
    """label: a mark is owed. remind: asked for. ok: nothing is known to be owed."""
    metadata: MetadataWish
    metadata_text: str
    sells: bool = False
    adult: Literal["yes", "no", "limited", "unknown"] = "unknown"
    mosaic: Mosaic = ""
    """Smallest mosaic tile, as a share of the picture's long side (never under 4 pixels)."""
    payment_networks: bool = False
    """Takes card payments, so the card networks' themes hold."""
    rules: tuple[PlatformRule, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other ids that mean this platform (`instagram`)."""
    notes: str = ""
    checked: datetime.date | None = None
    """When its facts were last looked at; the pack's own date where it names none."""

    def rules_for(self, risk_class: str) -> tuple[PlatformRule, ...]:
        """Its rules of that class, the strictest first; rules of equal effect in the order of the pack."""
        found = [rule for rule in self.rules if rule.risk_class == risk_class]
        if len(found) > 1:
            found.sort(key=lambda rule: -VERDICTS.index(rule.effect))
        return tuple(found)


class WorkPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rightsholder lets others do with one work."""

    id: str
    """The watchlist's work id = the Danbooru copyright tag."""
    title: str
    rightsholder: str
    category: Category
    text: str
    """What is known, in our own words."""
    r18: Literal["no", "discouraged", "yes", "unknown"] = "unknown"
    """discouraged: asked to refrain, or known to be acted against."""
    ai: WorkAi = "unknown"
    """not-named: there is a guideline, and it does not speak of AI."""
    commercial: Literal["no", "limited", "yes", "unknown"] = "unknown"
    fanwork: str = ""
    required_tags: tuple[str, ...] = ()
    """Tags that an AI picture of this work must carry."""
    forbidden_tags: tuple[str, ...] = ()
    """Tags that an AI picture of this work must not carry."""
    required_notice: str = ""
    minors_in_cast: bool | None = None
    """True: pupils or children are among the characters. None: not looked at."""
    live_actors: bool | None = None
    """True: characters wear the faces of real actors."""
    confidence: Confidence = ""
    basis: Basis = "stated"
    evidence: EvidenceKind = "official"
    source: str = ""
    date: str = ""
    review_after: datetime.date | None = None
    background: bool = False
    """True where r18, commercial and fanwork rest on background knowledge."""
    see: tuple[str, ...] = ()
    date_note: str = ""
    includes: tuple[str, ...] = ()
    """Ids of further works of the same holder that this entry speaks for: parts of the series, or what the title names."""


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """What several rightsholders said together, or one in public or in court."""

    id: str
    title: str
    text: str
    source: str
    date: str
    basis: Basis = "stated"
    evidence: EvidenceKind = "secondary"
    review_after: datetime.date | None = None
    see: tuple[str, ...] = ()


class Rightsholder(Struct, frozen=True, forbid_unknown_fields=True):
    """One company or person that holds the rights in works."""

    id: str
    name: str
    ai: WorkAi = "unknown"
    text: str = ""
    """Filled from its statements where it has no own text."""
    works: tuple[str, ...] = ()
    """Work ids of packs that name it; filled by the loader."""
    source: str = ""
    date: str = ""
    aliases: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    """Ids of statements."""
    basis: Basis = "stated"
    evidence: EvidenceKind = "secondary"
    review_after: datetime.date | None = None
    background: bool = False
    see: tuple[str, ...] = ()


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """One heading of a pack's changelog: a change of a pack changes verdicts."""

    version: str
    date: datetime.date
    text: str


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """`[pack]`."""

    id: str
    title: str
    version: str
    checked: datetime.date
    """When the facts in it were gathered or last looked at."""
    review_after: datetime.date
    """For every entry that names no own date."""
    description: str
    changes: tuple[Change, ...] = ()


class PolicyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole pack as it stands in its file."""

    pack: Head
    payment_networks: tuple[PlatformRule, ...] = ()
    """Rules that every platform with `payment_networks = true` inherits."""
    platform: tuple[Platform, ...] = ()
    work: tuple[WorkPolicy, ...] = ()
    statement: tuple[Statement, ...] = ()
    rightsholder: tuple[Rightsholder, ...] = ()


class Compiled(Struct, frozen=True):
    """All packs of a run, put together: what the cache keeps."""

    packs: tuple[Pack, ...]
    platforms: tuple[Platform, ...]
    works: tuple[WorkPolicy, ...]
    statements: tuple[Statement, ...]
    rightsholders: tuple[Rightsholder, ...]
