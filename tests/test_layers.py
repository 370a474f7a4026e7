"""Facts know no knowledge, knowledge no judgement; heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LATER = {
    "facts": (
        "sdscan.knowledge",
        "sdscan.judgement",
        "sdscan.reports",
        "sdscan.cli",
        "sdscan.engines",
        "sdscan.terminal",
        "sdscan.run",
    ),
    "knowledge": ("sdscan.judgement", "sdscan.reports", "sdscan.cli", "sdscan.engines", "sdscan.run"),
    "judgement": ("sdscan.reports", "sdscan.cli", "sdscan.engines", "sdscan.terminal", "sdscan.run"),
    "reports": ("sdscan.cli", "sdscan.engines"),
}
ALLOWED = {"knowledge": ("sdscan.judgement.names",)}
"""The one normal form of a name serves packs and prompts alike (design, layout)."""
ONLY = {"rich": {"terminal.py"}, "piexif": {"exif.py"}}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("layer", LATER)
def test_a_stage_never_imports_a_later_one(layer: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "sdscan" / layer).rglob("*.py"))
        for name in sorted(imports(path))
        if name.startswith(LATER[layer])
        and not name.startswith(ALLOWED.get(layer, ("-",)))
        and not (layer == "knowledge" and name == "sdscan.judgement")
    ]
    assert wrong == []


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_imported_in_one_module_only(library: str) -> None:
    users = {
        path.name
        for path in (ROOT / "sdscan").rglob("*.py")
        if any(n == library or n.startswith(library + ".") for n in imports(path))
    }
    assert users <= ONLY[library]


def test_no_module_prints_or_unpickles() -> None:
    for path in sorted((ROOT / "sdscan").rglob("*.py")):
        names = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert "print" not in names, path
        assert not {"pickle", "marshal", "shelve", "dill"} & imports(path), path


def test_the_version_imports_neither_pillow_nor_rich() -> None:
    code = "import sys; from sdscan.__main__ import run; run(['--version']); print(sorted({'PIL', 'rich', 'numpy', 'msgspec'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_except_exception_but_at_the_entry_point() -> None:
    broad = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "sdscan").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]
    assert broad == ["sdscan/__main__.py"]
