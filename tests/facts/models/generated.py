"""SYNTHETIC training headers with known answers: captions are drawn at random, then counted as kohya counts them.

Names are made of syllables and belong to nobody. The general tags are this module's own list, the common ones first, not the lexicon's: some of the rare
ones are unknown to it on purpose.
Figures from here say that the rules do what they mean to; they say nothing about real files. The same seed gives the same headers everywhere.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from making_models import kohya

GENERAL = """
looking at viewer|smile|open mouth|simple background|white background|blush|long sleeves|holding|standing|sitting|upper body|full body|cowboy shot|closed mouth|outdoors
indoors|day|night|sky|cloud|tree|flower|water|dress|shirt|white shirt|skirt|pleated skirt|black skirt|shorts|jacket|open jacket|hoodie|gloves|black gloves|boots|brown boots
hat|witch hat|hair ornament|hairclip|hair ribbon|red ribbon|bow|red bow|bowtie|necktie|choker|black choker|earrings|jewelry|necklace|bracelet|glasses|round eyewear
collarbone|bare shoulders|hand up|arms up|hand on own hip|crossed arms|v|peace sign|waving|parted lips|grin|teeth|fang|tongue out|one eye closed|tears|sweatdrop|shaded face
school uniform|sailor collar|serafuku|kimono|obi|hakama|apron|maid headdress|armor|shoulder armor|gauntlets|cape|hood up|belt|thighhighs|socks|kneehighs|pantyhose|high heels
sword|katana|gun|rifle|bag|backpack|umbrella|book|cup|food|cake|fruit|apple|cat|dog|bird|butterfly|rose|petals|leaf|grass|mountain|ocean|beach|city|street|building|window
sunset|moon|full moon|starry sky|rain|snow|fire|sparkle|light particles|lens flare|depth of field|blurry background|from above|from below|from side|dutch angle|profile
monochrome|greyscale|sketch|traditional media|watercolor (medium)|absurdres|highres|signature|artist name|english text|speech bubble|border|letterboxed|chibi inset
wavy mouth|half-closed eyes|expressionless|serious|looking back|looking to the side|sleeveless|short sleeves|puffy sleeves|detached sleeves|frills|lace trim|zettai ryouiki
muscular|tail|cat tail|animal ears|fox ears|horns|wings|halo|scar on face|freckles|mole under eye|dark skin|pointy ears|thick eyebrows|wet|steam|bandaid on knee|toned
bespectacled|midriff peek|kaleidoscopic|gyoza|zouri|ukulele|balaclava|jodhpurs|espadrilles|cravat|tricorne|sou'wester|loupe|kanzashi|samue|tenugui
""".replace("\n", "|").strip("|").split("|")  # fmt: skip
HAIR = "black blonde brown blue pink white red green purple silver aqua orange".split()
STYLES = (
    "long hair|short hair|very long hair|ponytail|twintails|braid|bangs|side ponytail|hair bun|ahoge|bob cut".split("|")
)
_START = "ka ri mo tse val dor el thu zi ra no qui bra fen xan iru ose tal mir gho vey suz hal jor pyk".split()
_END = "ra mi nel dor via sei rus ko than len ji ka vos ria ne tia zu moth rin ael gorn wyn ske".split()


class Case(NamedTuple):
    """One header and what it should be told to say."""

    kind: str
    metadata: dict[str, object]
    expected: tuple[str, ...]
    """Triggers, any of which is right; empty for a model that has none."""
    stem: str
    merged: tuple[str, ...] = ()


Captions = list[list[str]]


def counted(captions: Captions) -> dict[str, int]:
    """kohya `train_util.set_tag_frequency`: pieces split at commas, stripped, lowered, counted; order of first appearance."""
    found: dict[str, int] = {}
    for caption in captions:
        for tag in ", ".join(caption).split(","):
            key = tag.strip().lower()
            found[key] = found.get(key, 0) + 1
    return found


class Maker:
    """Draws headers."""

    def __init__(self, seed: int, general: Sequence[str] = GENERAL, names: Sequence[str] = ()) -> None:
        self.r = random.Random(seed)
        self.general = list(general)
        self.names = list(names)

    def name(self) -> str:
        """A name of one or two words that means nothing, or one of those given."""
        if self.names:
            return self.r.choice(self.names)
        first = self.r.choice(_START) + self.r.choice(_START) + self.r.choice(_END)
        return first if self.r.random() < 0.4 else f"{first} {self.r.choice(_START)}{self.r.choice(_END)}"

    def trigger(self) -> str:
        """A trigger as people spell them."""
        name = self.name()
        return self.r.choice(
            [
                name,
                name.replace(" ", "_"),
                f"{name} ({self.name()})",
                name.replace(" ", ""),
                f"{name}{self.r.randint(1, 99)}",
            ]
        )

    def captions(
        self, trigger: str | None, count: int, *, pruned: bool = False, share: float = 1.0, first: bool = True
    ) -> Captions:
        """Captions of one folder: the trigger, people, looks that stay, and tags that come and go by an uneven law."""
        r = self.r
        color, eyes = r.sample(HAIR, 2)
        style = r.sample(STYLES, 2)
        ranks = {tag: (place + 3) * r.uniform(0.3, 3.0) for place, tag in enumerate(self.general)}
        pool = sorted(r.sample(self.general, min(90, len(self.general))), key=lambda tag: ranks[tag])
        weights = [min(0.85, 1.6 / (place + 1) ** 0.75) for place in range(len(pool))]
        found = []
        for _ in range(count):
            tags = ["1girl", "solo"] if r.random() < 0.9 else ["2girls"]
            if trigger and not pruned:
                tags += [f"{color} hair", f"{eyes} eyes", *style]
            elif not trigger:
                tags += [f"{r.choice(HAIR)} hair", f"{r.choice(HAIR)} eyes", *r.sample(STYLES, 2)]
            tags += [tag for tag, weight in zip(pool, weights) if r.random() < weight]
            tail = tags[1:]
            r.shuffle(tail)
            tags = [tags[0], *tail]
            if trigger and r.random() < share:
                tags.insert(0 if first else r.randint(0, len(tags)), trigger)
            found.append(tags)
        return found

    def output(self, trigger: str) -> str:
        """An output name that is like the trigger, or says nothing."""
        plain = trigger.split(" (")[0]
        return self.r.choice(
            [
                plain.replace(" ", "_"),
                plain.title().replace(" ", "") + "_v2",
                "last",
                "v3-final",
                f"{plain.replace(' ', '_')}-000008",
                "test2",
            ]
        )

    def folder(self, trigger: str) -> str:
        return self.r.choice(
            ["10_img", "1_1girl", "5_" + trigger.split(" (")[0].replace("_", " "), "dataset", "20_cropped"]
        )

    # ---- one method a kind ----

    def plain(self) -> Case:
        trigger, count = self.trigger(), self.r.randint(12, 120)
        captions = self.captions(trigger, count, share=self.r.uniform(0.85, 1.0))
        return self._kohya("plain", trigger, {self.folder(trigger): captions})

    def pruned(self) -> Case:
        trigger = self.trigger()
        return self._kohya(
            "pruned", trigger, {self.folder(trigger): self.captions(trigger, self.r.randint(12, 120), pruned=True)}
        )

    def shuffled(self) -> Case:
        """The trigger anywhere in the caption."""
        trigger = self.trigger()
        return self._kohya(
            "shuffled", trigger, {self.folder(trigger): self.captions(trigger, self.r.randint(12, 90), first=False)}
        )

    def regularised(self) -> Case:
        trigger = self.trigger()
        train, reg = self.folder(trigger), self.r.choice(["1_woman", "1_girl", "reg", "1_1girl reg"])
        folders = {
            reg: self.captions("class of girls", self.r.randint(200, 600)),
            train: self.captions(trigger, self.r.randint(12, 60)),
        }
        case = self._kohya("regularised", trigger, folders)
        sizes = json.loads(str(case.metadata["ss_dataset_dirs"]))
        case.metadata["ss_reg_dataset_dirs"] = json.dumps({reg: sizes.pop(reg)})
        case.metadata["ss_dataset_dirs"] = json.dumps(sizes)
        return case

    def several(self) -> Case:
        """One trigger a folder."""
        triggers = [self.trigger() for _ in range(self.r.randint(2, 5))]
        folders = {
            f"{n}_{self.r.choice(['set', 'img', 'outfit'])}{n}": self.captions(t, self.r.randint(10, 50))
            for n, t in enumerate(triggers, 2)
        }
        case = self._kohya("several", triggers[0], folders)
        return case._replace(expected=tuple(triggers))

    def prose(self) -> Case:
        r = self.r
        trigger = self.name().lower()
        places = [
            "in a forest",
            "on a busy street",
            "near a window",
            "in front of a brick wall",
            "beside a lake",
            "at a wooden table",
            "under a red umbrella",
        ]
        looks = [
            "wearing a blue dress",
            "with long dark hair",
            "holding a cup of coffee",
            "smiling at the camera",
            "in a black leather jacket",
            "with a serious expression",
        ]
        frames = [
            "a photo of {t} woman standing {p}, {l}",
            "{t} is sitting {p} {l}, soft light fills the scene",
            "an illustration of {t} {l} {p}",
            "a close up portrait of {t}, {l}, blurred background {p}",
        ]
        captions = [
            [r.choice(frames).format(t=trigger, p=r.choice(places), l=r.choice(looks))]
            for _ in range(r.randint(12, 80))
        ]
        return self._kohya(
            "prose",
            trigger,
            {r.choice(["10_img", "dataset", f"10_{trigger} woman"]): captions},
            also=(f"{trigger} woman",),
        )

    def sorted(self) -> Case:
        """A copy out of Civitai's database: keys by length, then name (PostgreSQL jsonb)."""
        case = self.plain()
        folders = json.loads(str(case.metadata["ss_tag_frequency"]))
        by_length = {
            name: dict(sorted(tags.items(), key=lambda pair: (len(pair[0].encode()), pair[0])))
            for name, tags in folders.items()
        }
        case.metadata["ss_tag_frequency"] = by_length  # parsed, as such copies are
        return case._replace(kind="sorted")

    def stripped(self) -> Case:
        name = self.name()
        title = name.replace(" ", "_")
        metadata: dict[str, object] = {
            "ss_v2": "False", "ss_base_model_version": "sdxl_base_v1-0", "ss_network_module": "networks.lora", "modelspec.title": title,
            "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
        }  # fmt: skip
        return Case("stripped", metadata, (title,), "12345")

    def lying(self) -> Case:
        """Renamed and retitled; the captions tell the truth."""
        case = self.plain()
        other = self.name()
        case.metadata.update(
            {
                "ss_output_name": other.replace(" ", "_"),
                "modelspec.title": other,
                "sshs_model_hash": "e3b0c44298fc" + "0" * 52,
            }
        )
        return case._replace(kind="lying", stem=other)

    def merged(self) -> Case:
        case = self.plain()
        parents = (f"{self.name()}_v1", f"{self.name()}_v2")
        case.metadata["modelspec.merged_from"] = ", ".join(parents)
        return case._replace(kind="merged", merged=parents)

    def styled(self) -> Case:
        trigger = f"{self.name()} style"
        captions = [[trigger, *tags] for tags in self.captions(None, self.r.randint(20, 120))]
        return self._kohya("styled", trigger, {self.r.choice(["10_style", "img", "4_" + trigger]): captions})

    def declared(self) -> Case:
        trigger = self.trigger()
        case = self._kohya("declared", trigger, {"10_img": self.captions(trigger, 40)})
        spoken = self.r.choice([
            {"modelspec.trigger_phrase": trigger}, {"modelspec.usage_hint": f"Trigger word: {trigger}"}, {"ss_training_comment": f"trigger words: {trigger}"},
            {"trained_words": f"{trigger}, 1girl"}, {"ssmd_keywords": f"1girl, {trigger}"},
            {"software": '{"name": "ai-toolkit"}', "ss_tag_frequency": json.dumps({f"1_{trigger}": {trigger: 1}}), "ss_dataset_dirs": "{}"},
        ])  # fmt: skip
        return case._replace(metadata={**case.metadata, **spoken})

    def general(self) -> Case:
        """A helper, a pose, a light: nobody in it."""
        r = self.r
        folders = {
            r.choice(["10_img", "1_1girl", "dataset", "3_style", "5_train"]): self.captions(None, r.randint(25, 200))
        }
        case = self._kohya("general", "detail helper", folders)
        case.metadata.update(
            {
                "ss_output_name": (name := r.choice(["add_detail", "v2", "last", "soft_light", "pose_pack"])),
                "modelspec.title": name,
            }
        )
        return case._replace(expected=(), stem=name)

    def _kohya(self, kind: str, trigger: str, folders: dict[str, Captions], also: tuple[str, ...] = ()) -> Case:
        name = self.output(trigger)
        tables = {folder: counted(captions) for folder, captions in folders.items()}
        sizes = {folder: len(captions) for folder, captions in folders.items()}
        return Case(kind, kohya(name, tables, sizes), (trigger, *also), name)


KINDS: tuple[Callable[[Maker], Case], ...] = (
    Maker.plain, Maker.pruned, Maker.shuffled, Maker.regularised, Maker.several, Maker.prose, Maker.sorted, Maker.stripped, Maker.lying, Maker.merged,
    Maker.styled, Maker.declared, Maker.general,
)  # fmt: skip


def cases(each: int, seed: int = 7, general: Sequence[str] = GENERAL, names: Sequence[str] = ()) -> list[Case]:
    """`each` headers of every kind; four times as many without anybody in them, since one false flag in a hundred is the measure."""
    maker = Maker(seed, general, names)
    return [kind(maker) for kind in KINDS for _ in range(each * 4 if kind is Maker.general else each)]
