"""The house rules that a machine can see: layers, sizes, names, offline, documentation that equals the code."""

import ast
import importlib.metadata
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import docs

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "scanner").rglob("*.py"))
LAYERS = {
    "formats": {"formats"},
    "evidence": {"formats", "evidence", "record", "finding", "convert"},
    "artifacts": {"formats", "evidence", "artifacts", "artifact", "record", "convert", "feeds.normalise"},
    "rules": {"artifacts", "rules", "rule", "finding", "record", "feeds.normalise", "data"},
    "feeds": {"feeds", "finding", "record", "formats", "data", "__version__"},
    "matching": {"matching", "feeds", "finding", "record"},
    "report": {"report", "finding", "record", "stories"},
}
"""What each package may import of `scanner`; what is not named may import all but the command line."""
BUILDERS = {"engine": {"scan", "cli"}, "cli": {"cli"}}
"""Who may import these."""


def imports(path: Path) -> Iterator[str]:
    """The modules of `scanner` that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scanner"):
            inner = (node.module or "").removeprefix("scanner").removeprefix(".")
            yield from ([inner] if inner else [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.removeprefix("scanner.") for alias in node.names if alias.name.startswith("scanner.")
            )


def name(path: Path) -> str:
    """A module's name below `scanner`."""
    return ".".join(path.relative_to(ROOT / "scanner").with_suffix("").parts)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_layers(path: Path) -> None:
    own = name(path)
    allowed = LAYERS.get(own.partition(".")[0])
    for module in imports(path):
        if allowed is not None:
            assert any(module == one or module.startswith(one + ".") for one in allowed), f"{own} imports {module}"
        for built, users in BUILDERS.items():
            if module.partition(".")[0] == built:
                assert own.partition(".")[0] in users | {built, "docs"}, f"{own} imports {module}"


def functions(path: Path) -> list[int]:
    """The lengths of a file's functions, in lines, without their docstrings."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            found.append((node.end_lineno or 0) - (body[0].lineno if body else node.lineno) + 1)
    return found


def test_sizes() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert max(lengths.values()) <= 400, max(lengths, key=lambda one: lengths[one])
    every = {(name(path), length) for path in FILES for length in functions(path)}
    assert max(length for _, length in every) <= 40, max(every, key=lambda one: one[1])
    assert statistics.median(length for path in FILES for length in functions(path)) <= 8


def test_names() -> None:
    bad = {"utils", "util", "helpers", "helper", "base", "common", "manager", "handlers", "misc"}
    assert not [path for path in FILES if path.stem in bad]


def test_nothing_but_feeds_fetch_can_reach_the_network() -> None:
    reaching = {"socket", "http", "urllib.request", "requests", "httpx", "ftplib", "smtplib"}
    for path in FILES:
        if name(path) == "feeds.fetch":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not reaching & set(named), path


@pytest.mark.parametrize("page", dict(docs.pages()), ids=str)
def test_the_reference_equals_the_declarations(page: str) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == dict(docs.pages())[page], "run `make docs`"


def test_the_readme_tells_the_truth() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / link).exists(), link
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make (\w+)", text):
        assert f"\n{target}:" in targets, target
    known = subprocess.run(
        [sys.executable, "-m", "scanner.cli", "scan", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for option in re.findall(r"bridle scan[^\n`]*?(--[a-z-]+)", text):
        assert option in known, option


def test_every_dependency_is_explained_and_used() -> None:
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    unnamed = {"tzdata"}  # found by the standard library where the system has no time zones
    modules = {
        "apkinspector": "apkInspector",
        "pyyaml": "yaml",
        "yara-python": "yara",
        "ahocorasick-rs": "ahocorasick_rs",
        "iosbackup": "iOSbackup",
    }
    for line in importlib.metadata.requires("bridle") or []:
        if "extra ==" in line:
            continue
        package = re.split(r"[<>=~ ;\[]", line)[0]
        assert f"**{package.lower()}**" in explained.lower(), f"{package} has no line in docs/dependencies.md"
        module = modules.get(package, package)
        named = rf"(?:import|from) {module}\b|import_module\(\"{module}\b"
        assert package in unnamed or re.search(named, text), f"{package} is not used"


def test_the_project_speaks_of_itself_alone() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    for file in filter(None, listed.stdout.splitlines()):
        path = ROOT / file
        if path.is_file() and path.suffix != ".b64":
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"(?<![\w.])/(?:work|root|home)/\w", text), f"{file} has a path of somebody's machine"
