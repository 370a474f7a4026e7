"""What a rule may ask about one file, and what a rule is. Enters a resolved file with its matches, leaves grouped, dated, rated questions."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from sdscan.discover import is_excluded
from sdscan.judgement.levels import STRICTNESS, Strictness, is_out
from sdscan.judgement.once import once
from sdscan.judgement.ratings import Rating, rating_of
from sdscan.judgement.rules.used import UsedModel, used_models, used_resources
from sdscan.knowledge import Knowledge
from sdscan.knowledge.library import Resolved
from sdscan.knowledge.statements import Declare, DeclaredAs, Statements
from sdscan.records import Disclosure, Finding, Match, Resource, ResourceKind, Subject, SubjectKind

if TYPE_CHECKING:  # the packs are written and loaded elsewhere; rules only read them
    from sdscan.knowledge.policies import Platform, Rightsholder, WorkPolicy


Trait = (
    SubjectKind
    | ResourceKind
    | Literal["explained", "generation", "generated", "content", "hidden", "private", "no-metadata"]
)
"""What a file may have: a name of that kind, a resource of that kind, a model file that is at hand, generation data, whatever says that
it was made with AI, words about its content, data in the pixels, personal data, nothing to judge by."""


class Group(Struct, frozen=True):
    """Everything that points at one subject."""

    subject: Subject
    matches: tuple[Match, ...]


class Case(Struct, eq=False, dict=True):
    """One file under judgement. Costly answers are computed when first asked for."""

    path: str
    resolved: Resolved
    matches: tuple[Match, ...]
    knowledge: Knowledge

    @once
    def groups(self) -> tuple[Group, ...]:
        """The matches by subject, sorted by kind and id."""
        by_subject: dict[tuple[str, str], list[Match]] = {}
        for match in self.matches:
            by_subject.setdefault((match.subject.kind, match.subject.id), []).append(match)
        return tuple(Group(found[0].subject, tuple(found)) for _, found in sorted(by_subject.items()))

    def of(self, *kinds: str) -> tuple[Group, ...]:
        """The groups of some kinds of subject."""
        return tuple(group for group in self.groups if group.subject.kind in kinds) if self.matches else ()

    @once
    def rating(self) -> Rating:
        """What the texts show."""
        return rating_of(self.resolved)

    @once
    def traits(self) -> frozenset[Trait]:
        """What the file has that rules ask for (`Rule.needs`)."""
        facts = self.resolved.facts
        found: set[Trait] = {match.subject.kind for match in self.matches}
        for generation in self.resolved.generations:
            for resource in generation.resources:
                found.add(resource.kind)
            if generation.hidden:
                found.add("hidden")
        if facts.model is not None or self.resolved.models:
            found.add("explained")
        if self.resolved.generations:
            found.add("generation")
        if self.is_generated:
            found.add("generated")
        if self.rating.signs:
            found.add("content")
        if facts.private:
            found.add("private")
        if facts.outcome == "no-metadata":
            found.add("no-metadata")
        return frozenset(found)

    @property
    def is_model(self) -> bool:
        """Whether the file is a model, not a picture."""
        return self.resolved.facts.model is not None

    @once
    def is_generated(self) -> bool:
        """Whether the file itself says that it was made with AI. A C2PA manifest alone does not: cameras and editors write them too."""
        return bool(self.resolved.generations) or carries_mark(self.resolved.facts.disclosure)

    @once
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms and profiles that were asked for, in that order."""
        known = self.knowledge.policies.platforms
        return tuple(known[name] for name in self.knowledge.platforms if name in known)

    @once
    def resources(self) -> tuple[Resource, ...]:
        """All models and pictures that had, or may have had, an effect, of all generations."""
        return used_resources(self.resolved)

    @once
    def models(self) -> tuple[UsedModel, ...]:
        """The models that were used, or the one that is scanned, with what each says about itself."""
        return tuple(used_models(self.path, self.resolved))

    def work_policy(self, subject: Subject) -> WorkPolicy | None:
        """What is known of the rightsholder's stance to the work that a character or look belongs to, or of the work itself."""
        return self.knowledge.policies.work(self.work_id(subject))

    def work_id(self, subject: Subject) -> str | None:
        """The work that a subject belongs to; a studio stands for itself."""
        if subject.kind == "style":
            entry = self.knowledge.watchlist.entry(subject.id)
            return subject.id if entry is None or entry.work is None else entry.work
        return subject.franchise if subject.kind == "character" else subject.id

    def rightsholder(self, subject: Subject) -> Rightsholder | None:
        """The known holder of the rights in a subject's work, from the policies or else from the watchlist."""
        work = self.work_id(subject)
        policy = self.knowledge.policies.work(work)
        entry = None if policy is not None or work is None else self.knowledge.watchlist.entry(work)
        name = policy.rightsholder if policy is not None else entry.rightsholder if entry is not None else ""
        return self.knowledge.policies.rightsholder_of(name) if name else None

    def strictness(self, subject: Subject) -> Strictness:
        """How strict the work's rightsholder is; `unknown` where nothing is known."""
        policy = self.work_policy(subject)
        return "unknown" if policy is None else STRICTNESS.get(policy.category, "unknown")

    def work_name(self, subject: Subject) -> str | None:
        """The name of the work that a character belongs to."""
        if subject.franchise is None:
            return None
        entry = self.knowledge.watchlist.entry(subject.franchise)
        if entry is not None:
            return entry.name
        policy = self.knowledge.policies.work(subject.franchise)
        return policy.title if policy is not None else subject.franchise.replace("_", " ")

    def free_since(self, subject: Subject) -> tuple[int, int] | None:
        """(year of death, first year in the public domain) of an artist whose protection has ended, else None."""
        entry = self.knowledge.watchlist.entry(subject.id)
        died = None if entry is None else entry.died
        if died is None or died + self.knowledge.protection_years >= self.knowledge.today.year:
            return None
        return died, died + self.knowledge.protection_years + 1

    def declared(self, what: DeclaredAs, subject: Subject | None = None) -> Declare | None:
        """The user's statement of that kind about this file (and subject), or None."""
        return declared(self.knowledge.statements, self.path, what, subject)


_MADE_WITH_AI = ("algorithmicmedia", "trainedalgorithmicdata")
"""What a mark must hold to say so, compared without case (IPTC NewsCodes digitalsourcetype; Meta reads it the same way)."""


def carries_mark(marks: Disclosure) -> bool:
    """Whether the file itself says that AI made it."""
    told = f"{marks.iptc or ''} {marks.c2pa or ''}".lower()
    return any(word in told for word in _MADE_WITH_AI) or bool(marks.aigc)


def declared(statements: Statements, path: str, what: DeclaredAs, subject: Subject | None = None) -> Declare | None:
    """The first statement of that kind that covers the path, and the subject where it names one."""
    for entry in statements.declare:
        if entry.declared == what and (entry.subject is None or (subject is not None and entry.subject == subject.id)):
            if covers(entry.paths, path):
                return entry
    return None


def covers(globs: tuple[str, ...], path: str) -> bool:
    """Whether a path is meant by one of the globs. `dir/**` matches below any folder of that name, wherever the scan started."""
    parts = path.split("/")
    tails = ["/".join(parts[index:]) for index in range(len(parts)) if parts[index] not in ("", ".")]
    return any(is_excluded(tail, globs) is not None for tail in tails)


def is_used(group: Group) -> bool:
    """Whether at least one place puts the subject into the picture."""
    return any(not is_out(match.evidence) for match in group.matches)


Judge = Callable[[Case], Iterator[Finding]]


class Rule(Struct, frozen=True):
    """One rule with the text that `explain`, the docs page and SARIF show."""

    id: str
    name: str
    summary: str
    """One line."""
    flags: str
    """What it flags."""
    why: str
    """Why it matters."""
    evidence: str
    """What counts as evidence."""
    cannot_tell: str
    """What it cannot tell."""
    respond: str
    """How to respond."""
    references: tuple[str, ...]
    """Texts with source and date; an address only where one was seen."""
    judge: Judge
    needs: frozenset[Trait]
    """A file that has none of these is not asked: the rule would find nothing."""


def day(date: datetime.date) -> str:
    """A date as reports write it."""
    return date.isoformat()
