"""The user's model files, found by hash, id or name. Enters folders, leaves for each resource the file it means, and how sure that is.

The order of trust (facts/lora.md of the research, section 3b): a hash of ten or more digits by prefix, then a Civitai version id
or AIR, then path, stem, alias and normalised stem. A name-only answer says so and lists every other file that fits.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sdscan.discover import MODELS, discover
from sdscan.facts.models.hashes import POISON, Digests, digests_of, name_digest
from sdscan.limits import DEFAULT_LIMITS, GIB, Limits
from sdscan.patterns import pattern
from sdscan.records import Candidate, FileFacts, Generation, ModelFacts, ResolvedFile, Resource

HASH_BUDGET = 4 * GIB
"""Bytes of one library that are hashed on demand; beyond it only what is cached counts (`sdscan models --hash` fills the cache)."""
_RESOLVABLE = frozenset({"lora", "checkpoint", "embedding", "hypernetwork", "vae"})
_KINDS: dict[str, frozenset[str]] = {
    "lora": frozenset({"lora", "unknown"}),
    "hypernetwork": frozenset({"hypernetwork", "unknown"}),
    "embedding": frozenset({"embedding", "unknown"}),
    "vae": frozenset({"vae", "checkpoint", "unknown"}),
    "checkpoint": frozenset({"checkpoint", "unknown"}),
}
"""resource kind → model kinds that can be meant by a name; a hash may point at any kind."""
_SUFFIX = pattern(r"\.(?:safetensors|sft|pt|pth|ckpt|bin)$", re.IGNORECASE)
_NOISE = pattern(r"(?:[-_ ]v?\d+(?:\.\d+)*|[-_ ]epoch[-_ ]?\d+|-\d{6}|[-_ ]step[-_ ]?\d+)$", re.IGNORECASE)
"""A version or epoch at the end of a stem: `-000010`, `_v2`, ` 1.5`, `_epoch12`."""
_VERSION_ID = pattern(r"@(\d+)")


class LibraryModel(Struct, frozen=True):
    """One model file of the library."""

    path: str
    """As found below the folder the user gave, POSIX separators."""
    facts: ModelFacts

    @property
    def stem(self) -> str:
        """File name less suffix."""
        return _SUFFIX.sub("", self.path.rsplit("/", 1)[-1])


class Resolved(Struct, frozen=True):
    """Facts with each resource's file, and what those files say."""

    facts: FileFacts
    generations: tuple[Generation, ...]
    """As in `facts`, with `Resource.file` set where a file was found."""
    models: dict[str, ModelFacts] = {}
    """`ResolvedFile.path` → what that file says."""
    searched: bool = False
    """Whether there was a library to look in."""


class Library:
    """An index over model files. Built once, asked often; answers are remembered, since folders of pictures repeat themselves."""

    def __init__(
        self, models: Iterable[LibraryModel] = (), hash_file: Callable[[str], Digests | None] | None = None
    ) -> None:
        self.models = tuple(sorted(models, key=lambda model: model.path))
        self._by_path = {model.path: model for model in self.models}
        self._names = _name_index(self.models)
        self._version_ids = _group((model, _ids(model.facts)) for model in self.models)
        self._claimed = _group((model, _claims(model)) for model in self.models)
        self._hash_file = hash_file or digests_of
        self._computed: dict[str, list[tuple[LibraryModel, str]]] | None = None
        self._memo: dict[tuple[str, str, str | None, str | None], ResolvedFile | None] = {}

    def __len__(self) -> int:
        return len(self.models)

    def resolve(self, facts: FileFacts) -> Resolved:
        """Facts with each resource's file. Pure for a given library."""
        if not self.models or not facts.generations:
            return Resolved(facts, facts.generations, searched=bool(self.models))
        used: dict[str, ModelFacts] = {}
        generations = tuple(self._generation(generation, used) for generation in facts.generations)
        return Resolved(facts, generations, used, searched=True)

    def find(self, resource: Resource) -> ResolvedFile | None:
        """The file that a resource means, or None."""
        key = (resource.kind, resource.raw or resource.name, resource.hash, resource.version_id)
        if key not in self._memo:
            if len(self._memo) > 50_000:
                self._memo.clear()
            self._memo[key] = self._find(resource)
        return self._memo[key]

    def _generation(self, generation: Generation, used: dict[str, ModelFacts]) -> Generation:
        resources = []
        for resource in generation.resources:
            found = self.find(resource) if resource.kind in _RESOLVABLE else None
            if found is not None:
                used[found.path] = self._by_path[found.path].facts
                resource = replace(resource, file=found)
            resources.append(resource)
        return replace(generation, resources=tuple(resources))

    def _find(self, resource: Resource) -> ResolvedFile | None:
        digest = clean_hash(resource.hash)
        by_id = self._by_version_id(resource)
        by_name, how, certainty = self._by_name(resource)
        by_hash = self._by_hash(digest, by_name) if digest else []
        if by_hash:
            model, kind = by_hash[0]
            others = tuple(sorted({m.path for m, _ in by_hash[1:]} - {model.path}))
            conflict = None
            if by_name and model not in by_name:
                conflict = (
                    f"the name {resource.name!r} means {by_name[0].path}, but the hash {digest} is that of {model.path}"
                )
            return ResolvedFile(
                model.path, kind, 0.99 if kind in ("autov3", "sha256", "autov2") else 0.9, others, conflict
            )
        if by_id:
            return ResolvedFile(by_id[0].path, "version-id", 0.97, tuple(model.path for model in by_id[1:]))
        if not by_name:
            return None
        conflict = None
        if digest and self._is_known_other(by_name[0], digest):
            conflict = f"{by_name[0].path} has this name but not the hash {digest} that the picture gives: it is another file or another version"
            certainty *= 0.6
        return ResolvedFile(
            by_name[0].path,
            how,
            round(certainty / len(by_name), 2),
            tuple(model.path for model in by_name[1:]),
            conflict,
        )

    # ---- by hash -----------------------------------------------------------------------------------------------

    def _by_hash(self, digest: str, named: Sequence[LibraryModel]) -> list[tuple[LibraryModel, str]]:
        """Models with that digest: computed ones of the named file first, then claimed ones, then computed ones of all files."""
        for model in named:
            how = self._matches(model, digest)
            if how is not None:
                return [(model, how)]
        claimed = self._claimed.get(digest[:10], [])
        hits = [(model, how) for model, how in ((m, _claim_how(m, digest)) for m in claimed) if how is not None]
        return hits or [
            (model, how) for model, how in self._all_computed().get(digest[:10], []) if self._matches(model, digest)
        ]

    def _matches(self, model: LibraryModel, digest: str) -> str | None:
        """How a model has that digest, hashing the file if nothing cheaper tells."""
        how = _claim_how(model, digest)
        if how is not None:
            return how
        computed = self._hash_file(model.path)
        return None if computed is None else _digest_how(computed, digest)

    def _is_known_other(self, model: LibraryModel, digest: str) -> bool:
        """Whether the model's digests are known and none of them is this one."""
        computed = self._hash_file(model.path)
        return computed is not None and _digest_how(computed, digest) is None and _claim_how(model, digest) is None

    def _all_computed(self) -> dict[str, list[tuple[LibraryModel, str]]]:
        """First ten digits → models, by computed digests; hashes the library once, within its budget."""
        if self._computed is None:
            self._computed = {}
            budget = HASH_BUDGET
            for model in self.models:
                try:
                    budget -= os.stat(model.path).st_size
                except OSError:
                    continue
                computed = self._hash_file(model.path) if budget >= 0 else None
                for how in ("autov3", "sha256"):
                    value = getattr(computed, how, None)
                    if value:
                        self._computed.setdefault(value[:10], []).append((model, how))
        return self._computed

    # ---- by id and name ----------------------------------------------------------------------------------------

    def _by_version_id(self, resource: Resource) -> list[LibraryModel]:
        found = _VERSION_ID.search(resource.version_id or "") or re.fullmatch(r"(\d+)", resource.version_id or "")
        return self._version_ids.get(found[1], []) if found else []

    def _by_name(self, resource: Resource) -> tuple[list[LibraryModel], str, float]:
        """Models of a fitting kind with that name, how it was found, and how certain one hit would be."""
        wanted = _KINDS[resource.kind]
        for how, certainty, key in _name_keys(resource.raw or resource.name):
            hits = [model for model in self._names.get((how, key), []) if model.facts.kind in wanted]
            if hits:
                return hits, how, certainty
        return [], "", 0.0


def open_library(
    folders: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    read: Callable[[Candidate], FileFacts] | None = None,
    hash_file: Callable[[str], Digests | None] | None = None,
) -> Library:
    """The library of all model files below `folders`. `read` may come from a catalog. Raises ConfigError for a missing folder."""
    if read is None:
        from sdscan.pipeline import facts_of

        def read(candidate: Candidate) -> FileFacts:
            return facts_of(candidate, limits)

    models = []
    for candidate in discover(folders):
        if os.path.splitext(candidate.path)[1].lower() in MODELS:
            facts = read(candidate)
            if facts.model is not None:
                models.append(LibraryModel(candidate.path, facts.model))
    return Library(models, hash_file)


def clean_hash(written: str | None) -> str | None:
    """A hash as pictures write it → lower-case hex of ten digits or more, or None where it says nothing (poison values, AutoV1)."""
    if not written:
        return None
    text = written.strip().lower().removeprefix("blake3:").removeprefix("sha256:").removeprefix("0x")
    if (
        len(text) < 10
        or not re.fullmatch(r"[0-9a-f]+", text)
        or any(text.startswith(bad) or bad.startswith(text) for bad in POISON)
    ):
        return None
    return text


def normal_stem(stem: str) -> str:
    """A stem less case, separators, version and epoch: `Anime_Miku-V2-000010` → `animemiku`."""
    text = stem.casefold()
    while (shorter := _NOISE.sub("", text)) != text and len(shorter) >= 3:
        text = shorter
    return re.sub(r"[-_ .]+", "", text)


def _name_keys(raw: str) -> tuple[tuple[str, float, str], ...]:
    """(how, certainty, key) of each way that a written name may mean a file, the surest first."""
    path = _SUFFIX.sub("", raw.strip().replace("\\", "/")).casefold()
    stem = path.rsplit("/", 1)[-1]
    return (("path", 0.95, path), ("stem", 0.9, stem), ("alias", 0.8, stem), ("normalised", 0.5, normal_stem(stem)))


def _name_index(models: Sequence[LibraryModel]) -> dict[tuple[str, str], list[LibraryModel]]:
    index: dict[tuple[str, str], list[LibraryModel]] = {}
    for model in models:
        path = _SUFFIX.sub("", model.path).casefold()
        parts = path.split("/")
        keys = {("stem", parts[-1]), ("normalised", normal_stem(model.stem))}
        keys |= {("path", "/".join(parts[i:])) for i in range(len(parts) - 1)}
        for alias in (model.facts.alias, model.facts.title):
            if alias:
                keys |= {("alias", alias.casefold()), ("normalised", normal_stem(alias))}
        for key in keys:
            index.setdefault(key, []).append(model)
    return index


def _group(pairs: Iterable[tuple[LibraryModel, Iterable[str]]]) -> dict[str, list[LibraryModel]]:
    index: dict[str, list[LibraryModel]] = {}
    for model, keys in pairs:
        for key in dict.fromkeys(keys):
            index.setdefault(key, []).append(model)
    return index


def _ids(facts: ModelFacts) -> tuple[str, ...]:
    return facts.version_ids


def _claims(model: LibraryModel) -> list[str]:
    """First ten digits of everything that the file or its sidecars claim to be its hash, and of Forge's hashes of its name."""
    return [value[:10] for _, value in _claimed_values(model)]


def _claimed_values(model: LibraryModel) -> list[tuple[str, str]]:
    hashes = model.facts.hashes
    values = [
        ("autov3", hashes.autov3),
        ("sha256", hashes.sha256),
        ("autov2", hashes.autov2),
        ("blake3", hashes.blake3),
        ("sshs", hashes.declared),
        ("sha256", hashes.sidecar),
        ("name-hash", name_digest(model.path.rsplit("/", 1)[-1])),
        ("name-hash", name_digest(f"{model.facts.alias}.safetensors") if model.facts.alias else None),
    ]
    return [(how, clean) for how, value in values if (clean := clean_hash(value))]


def _claim_how(model: LibraryModel, digest: str) -> str | None:
    return next(
        (how for how, value in _claimed_values(model) if value.startswith(digest) or digest.startswith(value)), None
    )


def _digest_how(computed: Digests, digest: str) -> str | None:
    for how in ("autov3", "sha256", "blake3"):
        value: str | None = getattr(computed, how)
        if value and value.startswith(digest):
            return how
    return None
