"""SD201–SD204: styles of artists, studios and works. Enters a Case, leaves one finding a subject, and one a style model of nobody known."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from sdscan.judgement.levels import MIXED, STRICTNESS_STEPS, SURE_OF_KIND, Step, is_out, moved
from sdscan.judgement.markers import style_marker
from sdscan.judgement.ratings import is_generic_look
from sdscan.judgement.rules.build import evidence_of, group_level, make, named, sentence
from sdscan.judgement.rules.case import Case, Group, Rule, day, is_used
from sdscan.judgement.rules.used import MODEL_SOURCES, UsedModel
from sdscan.patterns import pattern
from sdscan.records import Evidence, Finding, Match, ModelFacts, Subject

_STYLE_END = pattern(r"(?:art)?[ _-]?(?:styl(?:e|es|ed|ized|ised)|artists?)$", re.IGNORECASE)
_STYLE_KINDS = frozenset({"artist", "studio", "style", "work"})


def judge_artist(case: Case) -> Iterator[Finding]:
    """SD201 for each artist whom only the prompt names."""
    for group in case.of("artist"):
        if not _by_model(group):
            yield _artist(case, "SD201", "artist", group)


def judge_artist_model(case: Case) -> Iterator[Finding]:
    """SD202 for each artist whom a model imitates."""
    for group in case.of("artist"):
        if _by_model(group):
            yield _artist(case, "SD202", "artist-model", group)


def judge_studio(case: Case) -> Iterator[Finding]:
    """SD204 for each studio, named look, and work that is named for its style."""
    for group in case.of("studio", "style", "work"):
        if group.subject.kind == "work":
            group = Group(group.subject, tuple(match for match in group.matches if match.style))
        if group.matches:
            yield _studio(case, group)


def judge_unresolved(case: Case) -> Iterator[Finding]:
    """SD203 for each style model that is used, or scanned, and whose artist, studio or work no watchlist knows."""
    for model in case.models:
        marked = _marked(model) if model.word != "checkpoint" or case.is_model else ()
        if marked and not _is_told(case, model):
            level = moved("style-unresolved", "medium", model.faint)
            what = f"{model.word} {marked[0].text!r}"
            yield make(
                "SD203", None, level, f"{what} is made for a style, and whose style it is could not be told", marked,
                next_step=f"Look at the page of {what}: if it imitates one artist, replace it or ask that artist.", risks=("style_imitation",),
            )  # fmt: skip


def _artist(case: Case, rule: str, kind: str, group: Group) -> Finding:
    subject = group.subject
    steps = [*_life(case, subject), *_mixed(case, group), *_declared_steps(case, group), *_side_tag(case, group)]
    level = group_level(kind, group, steps, _ceiling(case, subject))
    marked = any(match.style for match in group.matches)
    what = f"the artist {named(subject)}" + (" as a style" if marked and rule == "SD201" else "")
    free = case.free_since(subject)
    if free is not None:
        what += f" (died {free[0]}, in the public domain since {free[1]})"
    step = (
        f"Replace the model, or ask {named(subject)}; on platforms that forbid imitation do not publish."
        if rule == "SD202"
        else f"Take {named(subject)} out of the prompt and describe the look in words (medium, light, line, palette)."
    )
    return make(
        rule, subject, level, sentence(case, group.matches, what), evidence_of(group.matches),
        next_step="" if level.severity == "info" else step,
        risks=("style_imitation", "style_artist_lora") if rule == "SD202" else ("style_imitation",),
    )  # fmt: skip


def _studio(case: Case, group: Group) -> Finding:
    subject = group.subject
    strictness = case.strictness(subject)
    steps = [
        Step(max(0, STRICTNESS_STEPS[strictness]), "its rightsholder is strict, or reputed to be"),
        *_declared_steps(case, group),
    ]
    level = group_level("studio-model" if _by_model(group) else "studio", group, steps, _ceiling(case, subject))
    what = {"studio": "the studio", "style": "the look", "work": "the look of the work"}[subject.kind]
    return make(
        "SD204", subject, level, sentence(case, group.matches, f"{what} {named(subject)}"), evidence_of(group.matches),
        next_step="" if level.severity == "info" else "Describe the look in words instead of naming the studio or the work.",
        risks=("style_imitation",) if subject.kind != "work" else ("style_imitation", "derivative"),
    )  # fmt: skip


def _by_model(group: Group) -> bool:
    """Whether a model, not the prompt alone, carries the style into the picture."""
    return any(match.evidence.source in MODEL_SOURCES and not is_out(match.evidence) for match in group.matches)


def _ceiling(case: Case, subject: Subject) -> Step | None:
    """Info at most: public domain, a licence, one's own style."""
    free = case.free_since(subject) if subject.kind == "artist" else None
    if free is not None:
        years = case.knowledge.protection_years
        return Step(0, f"died in {free[0]}, so in the public domain since {free[1]} (life + {years} years)")
    for what, words in (("licensed", "declared licensed"), ("own-style", "declared the user's own style")):
        entry = case.declared("licensed" if what == "licensed" else "own-style", subject)
        if entry is not None:
            return Step(0, f"{words} on {day(entry.date)}: {entry.reason}")
    return None


def _life(case: Case, subject: Subject) -> Sequence[Step]:
    """Dead but protected weighs one step less than living."""
    entry = case.knowledge.watchlist.entry(subject.id)
    if entry is None or entry.died is None or case.free_since(subject):
        return ()
    until = entry.died + case.knowledge.protection_years
    return (Step(-1, f"died in {entry.died}; protected until the end of {until}"),)


def _mixed(case: Case, group: Group) -> Sequence[Step]:
    """Many artists in one prompt: the rules speak of a specific creator. A model of one artist stays what it is."""
    if _by_model(group):
        return ()
    count = sum(is_used(other) for other in case.of("artist"))
    return (Step(-1, f"one of {count} artists in the prompt"),) if count >= MIXED else ()


def _side_tag(case: Case, group: Group) -> Sequence[Step]:
    """An artist among the training captions of a character model is a side effect, not what it was made for."""
    model = case.resolved.facts.model
    sources = {match.evidence.source for match in group.matches}
    if model is not None and model.subject_kind.value == "character" and sources == {"lora-training"}:
        return (Step(-1, "only among the training captions of a character model"),)
    return ()


def _declared_steps(case: Case, group: Group) -> Sequence[Step]:
    traced = case.declared("hand-traced", group.subject)
    return (Step(-1, f"declared traced by hand on {day(traced.date)}: {traced.reason}"),) if traced else ()


# ---- style models of nobody known --------------------------------------------------------------------------------


def _marked(model: UsedModel) -> tuple[Evidence, ...]:
    """The texts that say style, and name more than a look."""
    return tuple(item for item in model.texts if _names_a_style(item.text, model.facts))


def _names_a_style(text: str, facts: ModelFacts | None) -> bool:
    kind = facts.subject_kind if facts is not None else None
    return _says_style(text, kind is not None and kind.value == "style" and kind.certainty >= SURE_OF_KIND)


@functools.lru_cache(maxsize=4096)
def _says_style(text: str, is_trained: bool) -> bool:
    """Whether a name is that of a style, and says more than what it looks like. Remembered: folders repeat their LoRAs."""
    mark = style_marker(text)
    if mark is None:
        return is_trained and not is_generic_look(text)
    joined = _STYLE_END.sub("", text[mark[0] : mark[1]])  # `wanostyle` is one word and names something
    return not is_generic_look(f"{text[: mark[0]]} {joined} {text[mark[1] :]}")


def _is_told(case: Case, model: UsedModel) -> bool:
    """Whether a match says whose style it is, or that the model was made for somebody in particular."""
    return any(_tells(match) and model.explains(match) for match in case.matches)


def _tells(match: Match) -> bool:
    """A character or person among the captions alone says nothing about what the model was made for."""
    return match.subject.kind in _STYLE_KINDS or match.evidence.source != "lora-training"


SD201 = Rule(
    id="SD201", name="style-artist",
    summary="An artist named in the prompt to imitate their style.",
    flags="An artist from the watchlists whom the prompt names: `by …`, `artist:…`, `in the style of …`, or an artist tag. One finding an artist.",
    why=(
        "Style as such is not protected in most countries, but platforms have their own rules: pixiv acts against continuous imitation that harms a "
        "particular creator (since 31 May 2023), Adobe Stock refuses artists' names in prompts, titles and keywords, Kickstarter wants consent."
    ),
    evidence=(
        "Strong: a full name with a style marker or as a whole artist tag. Medium: a full name alone. Weak: a pen name without a marker. "
        "From three artists in one prompt on, each weighs one step less: the rules speak of a specific creator. An artist who died but is still "
        "protected weighs one step less; one whose protection has ended (life + 70 years unless you set `protection-years`) is information, with the year."
    ),
    cannot_tell="Whether the picture looks like the artist's work, or whether it harms anybody. Sameness of names: a namesake is possible.",
    respond="Describe the look in words instead (medium, light, line, palette), or ask the artist. Repeated use of one living artist weighs more than a single picture.",
    references=(
        "pixiv, amended guideline on imitation, announced 2023-05-02: https://www.pixiv.net/info.php?id=9523",
        "pixiv, its explanation, 2023-05-09: https://www.pixiv.net/info.php?id=9540",
        "Adobe Stock, generative AI content guidelines, updated 2026-06-11: https://helpx.adobe.com/stock/contributor/submit-your-content/submit-generative-ai-content/generative-ai-content-guidelines.html",
        "Kickstarter, AI policy, 2023-08-29: https://updates.kickstarter.com/introducing-our-new-ai-policy/",
    ),
    judge=judge_artist,
    needs=frozenset({"artist"}),
)  # fmt: skip

SD202 = Rule(
    id="SD202", name="style-model",
    summary="A style LoRA, embedding or checkpoint of a known artist.",
    flags="A model whose name, title, trigger words or training captions name an artist from the watchlists: the model itself, and every picture that uses it.",
    why=(
        "A model that concentrates on one creator's pictures to reproduce their expression is what platforms mean by imitation: BOOTH names models "
        "trained on a particular artist and hides goods and shops; pixiv also forbids handing out the tool, that is the LoRA. In Japan the exception for "
        "training (Article 30-4) may not cover a model made to enjoy one creator's expression."
    ),
    evidence=(
        "Strong: the artist's name in the LoRA's name with a style marker, in its declared trigger words, or in nearly all training captions. "
        "A weight below 0.3 lowers the level by one step. An artist who is only one tag among the captions of a character model lowers it by one step."
    ),
    cannot_tell="What the training pictures really were, whether the artist agreed, or whether the picture looks like their work.",
    respond="Replace the model by one with a clear licence, or ask the artist and keep the answer. If it is your own style, declare `own-style` in sdscan.toml.",
    references=(
        "BOOTH, 2025-07-18: https://booth.pm/announcements/828",
        "pixiv, 2023-05-02: https://www.pixiv.net/info.php?id=9523",
        "Usuki International Law Office on LoRA and copyright, 2025-04-03: https://usuki-international.com/2025/04/03/lora%e3%81%a8%e8%91%97%e4%bd%9c%e6%a8%a9",
    ),
    judge=judge_artist_model,
    needs=frozenset({"artist"}),
)  # fmt: skip

SD203 = Rule(
    id="SD203", name="style-model-unresolved",
    summary="A style model whose artist could not be told.",
    flags="A LoRA or embedding that says that it is made for a style (`style`, `artstyle`, `画风` …), whose remaining name is no plain look (watercolor, line art) and no artist, studio or work of the watchlists.",
    why="Thousands of style models are named after artists by handle, initials or file number. What no list knows is not thereby nobody's.",
    evidence="The marker in its name, title or trigger words, or training data that looks like a style set. Always medium at most, and low.",
    cannot_tell="Whose style it is, or whether it is anybody's: many style models are made from public-domain or own pictures.",
    respond="Look at the model's page once. If it imitates one artist, replace it and add the artist to your own watchlist; if not, `sdscan allow` it.",
    references=("As for SD202.",),
    judge=judge_unresolved,
    needs=frozenset({"explained", "lora", "hypernetwork", "embedding"}),
)  # fmt: skip

SD204 = Rule(
    id="SD204", name="style-studio",
    summary="The style of a studio, or of a work.",
    flags="A studio, a named look, or a work that stands with a style marker (`in the style of …`, `… style`), in the prompt or in a model's name.",
    why="No creator is imitated, but a house: studios have asked for their works to be left out of training and output, and shops search for their names.",
    evidence="A studio's name or a work's title with a style marker. By prompt it starts at low, by a model at medium; a strict rightsholder raises it by one step.",
    cannot_tell="Whether the look is recognisable, or only the word was used as a quality tag.",
    respond="Describe the look in words instead of naming the house.",
    references=(
        "CODA's letter to OpenAI for 36 members, 2025-10-27 (press): https://www.gamesradar.com/games/studio-ghibli-square-enix-bandai-namco-and-more-japanese-companies-demand-openai-avoid-unauthorized-use-of-their-ip-there-is-no-system-allowing-one-to-avoid-liability/",
    ),
    judge=judge_studio,
    needs=frozenset({"studio", "style", "work"}),
)  # fmt: skip
