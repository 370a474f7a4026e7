"""The user's model files, found by hash, id or name. Enters folders, leaves for each resource the file it means, and how sure that is.

The order of trust (research of 2026-08 on what twelve writers put into pictures): a hash of ten or more digits by prefix, then a Civitai
version id or AIR, then path, stem, alias and normalised stem, and last an AutoV1 hash as a mere hint. A name-only answer says so and lists
every other file that fits. The same library gives the same answers, whatever was asked before.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sdscan.discover import MODELS, PICTURES, discover
from sdscan.facts.models.hashes import Digests, autov1_of, blake3_of, digests_of
from sdscan.knowledge.library_index import Keys, LibraryIndex, keys_for
from sdscan.knowledge.model_keys import WrittenHash, how_claimed, how_computed, name_keys, written_hash
from sdscan.limits import DEFAULT_LIMITS, GIB, Limits
from sdscan.patterns import pattern
from sdscan.records import Candidate, FileFacts, Generation, ModelFacts, ResolvedFile, Resource

K = TypeVar("K", bound=Hashable)

HASH_BUDGET = 4 * GIB
"""Bytes of one library that are hashed to find a file whose name tells nothing, the smallest files first."""
HASH_FILE = GIB
"""Largest file that is hashed on demand: a checkpoint of 6.5 GB would hold a scan up for seconds, so its name and sidecars must do."""
_REMEMBERED = 50_000
_RESOLVABLE = frozenset({"lora", "checkpoint", "embedding", "hypernetwork", "vae"})
_KINDS: dict[str, frozenset[str]] = {
    "lora": frozenset({"lora", "unknown"}),
    "hypernetwork": frozenset({"hypernetwork", "unknown"}),
    "embedding": frozenset({"embedding", "unknown"}),
    "vae": frozenset({"vae", "checkpoint", "unknown"}),
    "checkpoint": frozenset({"checkpoint", "unknown"}),
}
"""resource kind → model kinds that can be meant by a name; a hash may point at any kind."""
_VERSION_ID = pattern(r"(?:.*@)?(\d{1,12})", re.DOTALL)
_CERTAIN = ("autov3", "sha256", "autov2", "blake3")
"""Hashes of the bytes; `sshs` and `name-hash` are what somebody wrote down."""


class LibraryModel(Struct, frozen=True):
    """One model file of the library."""

    path: str
    """As found below the folder the user gave, POSIX separators."""
    facts: ModelFacts | None = None
    """None where only its keys are known; the library then reads it when a picture uses it."""
    keys: Keys | None = None
    """What it answers to; None: told by its facts."""


class Resolved(Struct, frozen=True):
    """Facts with each resource's file, and what those files say."""

    facts: FileFacts
    generations: tuple[Generation, ...]
    """As in `facts`, with `Resource.file` set where a file was found."""
    models: dict[str, ModelFacts] = {}
    """`ResolvedFile.path` → what that file says."""
    searched: bool = False
    """Whether there was a library to look in."""


class Named(Struct, frozen=True):
    """What a name may mean."""

    models: tuple[LibraryModel, ...] = ()
    how: str = ""
    certainty: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Whether it is the name itself, and not one that is like it."""
        return self.how in ("path", "stem", "alias")


class Library:
    """An index over model files. Built once, asked often; answers are remembered, since folders of pictures repeat themselves."""

    def __init__(
        self,
        models: Iterable[LibraryModel] = (),
        hash_file: Callable[[str], Digests | None] | None = None,
        read: Callable[[str], ModelFacts] | None = None,
    ) -> None:
        self.models = tuple(sorted(models, key=lambda model: model.path))
        self._keys = {
            model.path: model.keys or keys_for(model.path, model.facts or ModelFacts()) for model in self.models
        }
        self._facts = {model.path: model.facts for model in self.models if model.facts is not None}
        self._read = read
        self._names = _grouped((model, self._keys[model.path].names) for model in self.models)
        self._version_ids = _grouped((model, self._keys[model.path].version_ids) for model in self.models)
        self._claimed = _grouped((model, _starts(self._keys[model.path])) for model in self.models)
        self._hash_file = hash_file or digests_of
        self._digests: dict[str, Digests | None] = {}
        self._computed: dict[str, list[LibraryModel]] | None = None
        self._hints: dict[str, list[LibraryModel]] | None = None
        self._memo: dict[tuple[str, str, str | None, str | None], ResolvedFile | None] = {}

    def __len__(self) -> int:
        return len(self.models)

    def __reduce__(self) -> tuple[object, ...]:
        """For worker processes: the models; how files are hashed is theirs to say."""
        return Library, (self.models,)

    def hashed_by(self, hash_file: Callable[[str], Digests | None]) -> Library:
        """The same library, with another way to hash files."""
        other = object.__new__(Library)
        vars(other).update(vars(self))
        other._hash_file = hash_file
        return other

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
            if len(self._memo) > _REMEMBERED:
                self._memo.clear()
            self._memo[key] = self._find(resource)
        return self._memo[key]

    def stats(self) -> dict[str, int]:
        """How many files there are, and how many of each kind."""
        return {"files": len(self.models), **Counter(keys.kind for keys in self._keys.values())}

    def facts(self, path: str) -> ModelFacts:
        """What one of its files says; read now where only its keys were known."""
        found = self._facts.get(path)
        if found is None:
            found = self._facts[path] = (self._read or _read_anew)(path)
        return found

    def _generation(self, generation: Generation, used: dict[str, ModelFacts]) -> Generation:
        resources = []
        for resource in generation.resources:
            found = self.find(resource) if resource.kind in _RESOLVABLE else None
            if found is not None:
                used[found.path] = self.facts(found.path)
                resource = replace(resource, file=found)
            resources.append(resource)
        return replace(generation, resources=tuple(resources))

    # ---- the order of trust --------------------------------------------------------------------------------------

    def _find(self, resource: Resource) -> ResolvedFile | None:
        digest = written_hash(resource.hash)
        named = self._by_name(resource)
        if digest is not None and not digest.is_hint:
            if hits := self._by_hash(digest, named.models):
                return _by_hash_answer(resource, digest, named, hits)
        if by_id := self._by_version_id(resource):
            return ResolvedFile(by_id[0].path, "version-id", 0.97, tuple(model.path for model in by_id[1:]))
        if digest is not None and digest.is_hint:
            return self._by_hint(digest, named)
        return self._by_name_answer(digest, named)

    def _by_name_answer(self, digest: WrittenHash | None, named: Named) -> ResolvedFile | None:
        """The first file of that name; where its digests are known and another one is asked for, less certain and with a conflict."""
        if not named.models:
            return None
        first, certainty, conflict = named.models[0], named.certainty, None
        if digest is not None and self._is_other(first, digest):
            certainty *= 0.6
            if named.is_exact:
                conflict = (
                    f"{first.path} has this name but not the hash {digest.digits[:12]} that the picture gives: "
                    "it is another file or another version"
                )
        others = tuple(model.path for model in named.models[1:])
        return ResolvedFile(first.path, named.how, round(certainty / len(named.models), 2), others, conflict)

    # ---- by hash -------------------------------------------------------------------------------------------------

    def _by_hash(self, digest: WrittenHash, named: Sequence[LibraryModel]) -> list[tuple[LibraryModel, str]]:
        """(file, how) with that digest: files of that name first, then by what files claim, then by what all of them are."""
        for model in named:
            how = self._how(model, digest)
            if how is not None:
                return [(model, how)]
        start = digest.digits[:10]
        claimed = [
            (model, how_claimed(self._keys[model.path].claims, digest)) for model in self._claimed.get(start, ())
        ]
        found = [(model, how) for model, how in claimed if how is not None]
        if found:
            return found
        return [(model, how) for model in self._all_computed().get(start, ()) if (how := self._how(model, digest))]

    def _how(self, model: LibraryModel, digest: WrittenHash) -> str | None:
        """How a file has that digest; it is hashed only where nothing cheaper tells."""
        how = how_claimed(self._keys[model.path].claims, digest)
        if how is not None:
            return how
        computed = self._computed_of(model, digest)
        return None if computed is None else how_computed(computed, digest)

    def _is_other(self, model: LibraryModel, digest: WrittenHash) -> bool:
        """Whether the file's digests are known, among them one of this kind, and none is this one."""
        computed = self._computed_of(model, digest)
        if computed is None or (digest.algorithm == "blake3" and not computed.blake3):
            return False
        return how_computed(computed, digest) is None and how_claimed(self._keys[model.path].claims, digest) is None

    def _computed_of(self, model: LibraryModel, digest: WrittenHash | None = None) -> Digests | None:
        """The digests of a file, None where it is too large to be hashed on demand or cannot be read; BLAKE3 only where it is asked for."""
        if model.path not in self._digests:
            size = _size(model.path)
            wanted = size is not None and size <= HASH_FILE
            self._digests[model.path] = self._hash_file(model.path) if wanted else None
        found = self._digests[model.path]
        if found is not None and found.blake3 is None and digest is not None and digest.algorithm == "blake3":
            found = self._digests[model.path] = replace(found, blake3=blake3_of(model.path) or "")
        return found

    def _all_computed(self) -> dict[str, list[LibraryModel]]:
        """First ten digits → files. Hashes the library once, the smallest files first, within its budget."""
        if self._computed is None:
            self._computed = {}
            budget = HASH_BUDGET
            sized = [(size, model) for model in self.models if (size := _size(model.path)) is not None]
            for size, model in sorted(sized, key=lambda pair: (pair[0], pair[1].path)):
                budget -= size
                if budget < 0:
                    break
                digests = self._computed_of(model)
                for value in (digests.autov3, digests.sha256, digests.blake3) if digests else ():
                    if value:
                        self._computed.setdefault(value[:10], []).append(model)
        return self._computed

    def _by_hint(self, digest: WrittenHash, named: Named) -> ResolvedFile | None:
        """With AutoV1 only: of files of one name the one that has it; of other files only one that has it alone, and hardly certain."""
        if self._hints is None:
            self._hints = _grouped((model, filter(None, (autov1_of(model.path),))) for model in self.models)
        having = self._hints.get(digest.digits[:8], [])
        both = [model for model in named.models if model in having]
        if both:
            others = tuple(model.path for model in named.models if model is not both[0])
            return ResolvedFile(both[0].path, named.how, round(min(0.95, named.certainty + 0.05), 2), others)
        if named.models:
            return self._by_name_answer(None, named)
        return ResolvedFile(having[0].path, "autov1", 0.3) if len(having) == 1 else None

    # ---- by id and name ------------------------------------------------------------------------------------------

    def _by_version_id(self, resource: Resource) -> list[LibraryModel]:
        found = _VERSION_ID.fullmatch(resource.version_id or "")
        return self._version_ids.get(found[1], []) if found else []

    def _by_name(self, resource: Resource) -> Named:
        """Models of a fitting kind with that name, by the surest way that gives any."""
        wanted = _KINDS[resource.kind]
        for how, certainty, key in name_keys(resource.raw or resource.name):
            hits = tuple(model for model in self._names.get((how, key), ()) if self._keys[model.path].kind in wanted)
            if hits and key:
                return Named(hits, how, certainty)
        return Named()


def _by_hash_answer(
    resource: Resource, digest: WrittenHash, named: Named, hits: Sequence[tuple[LibraryModel, str]]
) -> ResolvedFile:
    """The file with that hash; a conflict where the very name belongs to another one."""
    model, how = hits[0]
    others = dict.fromkeys((*(other.path for other, _ in hits[1:]), *(other.path for other in named.models)))
    others.pop(model.path, None)
    conflict = None
    if named.is_exact and model not in named.models:
        conflict = (
            f"the name {resource.name!r} means {named.models[0].path}, but the hash {digest.digits[:12]} "
            f"is that of {model.path}"
        )
    return ResolvedFile(model.path, how, 0.99 if how in _CERTAIN else 0.9, tuple(others), conflict)


def open_library(
    folders: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    read: Callable[[Candidate], FileFacts] | None = None,
    hash_file: Callable[[str], Digests | None] | None = None,
    index: LibraryIndex | None = None,
) -> Library:
    """The library of all model files below `folders`. Raises ConfigError for a missing folder.

    `read` may come from a catalog. With an `index`, files that it knows are not read before a picture uses them.
    """
    if read is None:
        from sdscan.pipeline import facts_of

        def read(candidate: Candidate) -> FileFacts:
            return facts_of(candidate, limits)

    reader = read
    found = (_known(candidate, index) or _read_now(candidate, reader, index) for candidate in model_files(folders))
    models = [model for model in found if model.facts is not None or model.keys is not None]
    if index is not None:
        index.save()
    return Library(models, hash_file, lambda path: reader(Candidate(path)).model or ModelFacts())


def _read_anew(path: str) -> ModelFacts:
    """What a file says, where the library came to a worker without its way to read."""
    from sdscan.pipeline import facts_of

    return facts_of(Candidate(path)).model or ModelFacts()


def _known(candidate: Candidate, index: LibraryIndex | None) -> LibraryModel | None:
    entry = index.get(candidate.path) if index is not None else None
    return None if entry is None else LibraryModel(candidate.path, None, entry.keys)


def _read_now(candidate: Candidate, read: Callable[[Candidate], FileFacts], index: LibraryIndex | None) -> LibraryModel:
    facts = read(candidate)
    keys = None if facts.model is None else keys_for(candidate.path, facts.model)
    if index is not None and facts.outcome in ("scanned", "unsupported"):
        index.put(candidate.path, keys)
    return LibraryModel(candidate.path, facts.model, keys)


def model_files(folders: Sequence[str], exclude: Sequence[str] = ()) -> Iterator[Candidate]:
    """Files below the folders that may be models: by suffix, and pictures in a folder named `embeddings`."""
    for candidate in discover(folders, exclude):
        suffix = os.path.splitext(candidate.path)[1].lower()
        in_embeddings = suffix in PICTURES and "/embeddings/" in f"/{candidate.path.lower()}"
        if suffix in MODELS or in_embeddings or candidate.named:
            yield candidate


def _grouped(pairs: Iterable[tuple[LibraryModel, Iterable[K]]]) -> dict[K, list[LibraryModel]]:
    index: dict[K, list[LibraryModel]] = {}
    for model, keys in pairs:
        for key in dict.fromkeys(keys):
            index.setdefault(key, []).append(model)
    return index


def _starts(keys: Keys) -> Iterator[str]:
    """First ten digits of everything that the file, its sidecars and hashes of file names claim."""
    return (value[:10] for _, value in keys.claims)


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except OSError:
        return None
