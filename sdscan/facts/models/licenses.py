"""Licence flags in their three shapes, and licence names → License. What is not said stays None.

Civitai's `allowCommercialUse` is a list (`["Image", "RentCivit"]`) in today's schema, one word (`Sell`) in dumps of 2023, and a
PostgreSQL array in a string (`{Image,RentCivit,Rent}`) in aggregates. `Image` means: generated pictures may be sold. One word includes
the lesser rights (None < Image < Rent < Sell, Civitai schema of 2023); in a list each right stands for itself.
"""

from __future__ import annotations

from sdscan.facts.models.values import flag, items, said
from sdscan.patterns import pattern
from sdscan.records import License

_ONE_WORD = ("none", "image", "rent", "sell")
_NO_SALE = pattern(
    r"(?i)\bnc\b|non-?commercial|no[ -]commercial|not for (?:sale|commercial)|personal use only|\bfair-ai-public\b.*\bnc\b|research only"
)
_NO_DERIVATIVES = pattern(r"(?i)\bnd\b|no-?derivative")
_CREDIT = pattern(r"(?i)\bcc[- ]by|attribution")
_SALE = pattern(r"(?i)\bcc0\b|\bmit\b|apache|public domain|openrail|\bcc-by(?:-sa)?-\d")


def license_from_flags(found: dict[str, object], source: str) -> License | None:
    """Civitai's flags, wherever they stand; None where there is none of them."""
    commercial = _commercial(found.get("allowCommercialUse"))
    derivatives = flag(found.get("allowDerivatives"))
    no_credit = flag(found.get("allowNoCredit"))
    if commercial is None and derivatives is None and no_credit is None:
        return None
    return License(commercial, derivatives, None if no_credit is None else not no_credit, source)


def license_from_name(name: str | None, source: str) -> License | None:
    """A licence by its name or SPDX id (`cc-by-nc-4.0`, `openrail++`): only what the name itself says."""
    if name is None:
        return None
    text = name.replace("_", "-")
    sale = False if _NO_SALE.search(text) else True if _SALE.search(text) else None
    derivatives = False if _NO_DERIVATIVES.search(text) else None
    credit = True if _CREDIT.search(text) else None
    return None if (sale, derivatives, credit) == (None, None, None) else License(sale, derivatives, credit, source)


def strictest(first: License | None, second: License | None) -> License | None:
    """Both licences as one: what either forbids is forbidden."""
    if first is None or second is None:
        return first or second
    commercial = _least(first.commercial_images, second.commercial_images)
    derivatives = _least(first.derivatives, second.derivatives)
    asked = [said for said in (first.credit, second.credit) if said is not None]
    sources = dict.fromkeys((first.source, second.source))
    return License(commercial, derivatives, any(asked) if asked else None, ", ".join(sources))


def _least(first: bool | None, second: bool | None) -> bool | None:
    return False if first is False or second is False else first if second is None else second


def _commercial(value: object) -> bool | None:
    """Whether generated pictures may be sold."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return "image" in _rights(value) if value else False
    text = said(value) if value not in ("None", "none") else "none"
    if text is None:
        return False if value in ("{}", "[]") else None
    if text[:1] in "{[":
        return "image" in _rights(text.strip("{}[]").split(","))
    word = text.casefold()
    if word in ("rentcivit",):
        return False
    return word != "none" if word in _ONE_WORD else None


def _rights(found: object) -> set[str]:
    """The rights of a list, spelled small; `Sell` in a list of 2023 stood for all."""
    rights = {str(each).strip("'\" ").casefold() for each in items(found)}
    return rights | {"image"} if rights == {"sell"} else rights
