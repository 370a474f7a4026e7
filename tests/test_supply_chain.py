"""What is installed and shipped: pinned by hash, built the same everywhere, and no code is loaded from data."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements-dev.txt", "requirements-audit.txt")


def entries(name: str) -> dict[str, str]:
    """package → its entry with hashes; a package may stand there twice, for two versions of Python."""
    found: dict[str, str] = {}
    for part in re.split(r"\n(?=[a-z])", (ROOT / name).read_text(encoding="utf-8").partition("\n")[2]):
        found[re.split(r"[=\[ ]", part)[0]] = found.get(re.split(r"[=\[ ]", part)[0], "") + part
    return found


def named(text: str) -> set[str]:
    """The packages that requirement lines name."""
    return {re.split(r"[<>=\[ #;]", line)[0].lower().replace("_", "-") for line in text.splitlines() if line and not line.startswith("#")}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_no_registry_is_named(lock: str) -> None:
    for package, entry in entries(lock).items():
        assert re.match(rf"{re.escape(package)}(\[[\w,]+\])?==[\w.!+]+", entry), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), package
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_the_lock_holds_what_is_asked_for_and_what_sdscan_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = named((ROOT / "requirements-dev.in").read_text(encoding="utf-8")) | named("\n".join(project["project"]["dependencies"]))
    assert asked <= set(entries("requirements-dev.txt"))
    assert named((ROOT / "requirements-audit.in").read_text(encoding="utf-8")) <= set(entries("requirements-audit.txt"))


def test_compiled_packages_have_hashes_for_more_than_one_system() -> None:
    """A wheel a system and version of Python: Linux, macOS and Windows on two processors are dozens."""
    locked = entries("requirements-dev.txt")
    assert {name: locked[name].count("--hash") for name in ("msgspec", "pillow", "safetensors", "mypy", "ruff") if locked[name].count("--hash") < 10} == {}


def test_every_base_dependency_stands_with_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = text.partition("\ndependencies = [\n")[2].partition("\n]")[0].splitlines()
    assert {line for line in lines if "#" not in line} == set()
    promises = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    assert [name for name in named("\n".join(line.strip(' "') for line in lines)) if f"`{name}`" not in promises] == []


# ---- no code from data ---------------------------------------------------------------------------------------------

BANNED = {
    "import pickle": "TID251", "from pickle import loads": "TID251", "import marshal": "TID251", "import shelve": "TID251", "import dill": "TID251",
    "import cloudpickle": "TID251", "import joblib": "TID251", "import requests": "TID251", "from urllib.request import urlopen": "TID251",
    "eval(input())": "S307", 'exec("x = 1")': "S102", 'import os\n\nos.system("x")': "S605", 'import subprocess\n\nsubprocess.run("x", shell=True)': "S602",
    "print(1)": "T201", "import tempfile\n\ntempfile.mktemp()": "S306",
}  # fmt: skip


@pytest.mark.parametrize("code", BANNED)
def test_the_ban_bites(code: str) -> None:
    ruff = shutil.which("ruff", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
    if ruff is None:
        pytest.skip("ruff is not installed")
    source = f'"""A module."""\n\n{code}\n'
    done = subprocess.run([ruff, "check", "--no-cache", "--output-format", "concise", "--stdin-filename", "sdscan/knowledge/new.py", "-"], input=source, capture_output=True, text=True, cwd=ROOT)
    assert BANNED[code] in done.stdout


def test_no_ban_is_lifted_in_the_program() -> None:
    lifted = [f"{path.relative_to(ROOT)}: {line.strip()}" for path in sorted((ROOT / "sdscan").rglob("*.py")) for line in path.read_text(encoding="utf-8").splitlines()
              if re.search(r"noqa:.*\b(TID251|S301|S302|S307|S102|S60[245]|S40[56])\b", line)]  # fmt: skip
    assert lifted == []


def test_no_xml_parser_is_used() -> None:
    """XMP is read by a scanner of our own: no entity is ever expanded and no document fetched."""
    found = {line.strip() for path in (ROOT / "sdscan").rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines() if re.match(r"\s*(import|from) (xml|pyexpat|lxml)\b", line)}
    assert {"from xml.sax.saxutils import quoteattr"} == found


# ---- the wheel -----------------------------------------------------------------------------------------------------


def built(folder: Path, umask: int) -> str:
    """A copy of the project in that folder, built there; the digest of the wheel."""
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    before = os.umask(umask)
    try:
        shutil.copytree(ROOT / "sdscan", folder / "sdscan", ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copyfile)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(ROOT / name, folder / name)
        env = {**os.environ, "SOURCE_DATE_EPOCH": "1795305600"}
        subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=folder, env=env, check=True, capture_output=True)
    finally:
        os.umask(before)
    (wheel,) = (folder / "dist").glob("*.whl")
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.mark.slow
def test_the_wheel_is_the_same_whoever_builds_it_wherever(tmp_path: Path) -> None:
    assert built(tmp_path / "one", 0o022) == built(tmp_path / "another" / "place", 0o077)
