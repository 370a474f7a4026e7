"""Policies: what platforms, works and rightsholders say, as data with source and date. TOML packs → Policies."""

from __future__ import annotations

from sdscan.knowledge.policies.loading import Policies, load_policies
from sdscan.knowledge.policies.records import (
    RISK_CLASSES,
    Platform,
    PlatformRule,
    RiskClass,
    Rightsholder,
    Statement,
    WorkPolicy,
)

__all__ = [
    "RISK_CLASSES",
    "Platform",
    "PlatformRule",
    "Policies",
    "RiskClass",
    "Rightsholder",
    "Statement",
    "WorkPolicy",
    "load_policies",
]
