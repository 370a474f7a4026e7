"""Policies: what platforms, works and rightsholders say, as data with source and date. TOML packs → Policies."""

from __future__ import annotations

from sdscan.knowledge.policies.loading import Policies, load_policies
from sdscan.knowledge.policies.records import (
    RISK_CLASSES,
    Platform,
    PlatformRule,
    Rightsholder,
    RiskClass,
    Statement,
    WorkPolicy,
)

__all__ = [
    "RISK_CLASSES",
    "Platform",
    "PlatformRule",
    "Policies",
    "Rightsholder",
    "RiskClass",
    "Statement",
    "WorkPolicy",
    "load_policies",
]
