"""The data that comes with Bridle: indicators, baselines and known wordings, from the package or the repository."""

from functools import cache
from pathlib import Path
from typing import Any

ROOTS = (Path(__file__).parent / "_indicators", Path(__file__).parents[1] / "indicators")


@cache
def root() -> Path:
    """The folder of the data: inside the installed package, or in the repository."""
    return next(place for place in ROOTS if place.is_dir())


def document(name: str) -> Any:
    """One of our YAML documents."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((root() / name).read_text(encoding="utf-8"), loader)  # noqa: S506 - a safe loader


@cache
def lines(name: str) -> frozenset[str]:
    """The lines of one of our lists, without comments."""
    text = (root() / name).read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
