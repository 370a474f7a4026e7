"""What a model was made for, as additive evidence. (The scoring follows.)"""

from __future__ import annotations

from collections.abc import Sequence

from sdscan.facts.models.claims import Claims, Word
from sdscan.facts.models.training import Folder
from sdscan.records import SubjectKindEvidence, Trigger


def subject_kind(
    claims: Claims, folders: Sequence[Folder], triggers: Sequence[Trigger], names: Sequence[Word]
) -> SubjectKindEvidence:
    """Character, person, style, concept, clothing or unknown, with the reasons."""
    return SubjectKindEvidence()
