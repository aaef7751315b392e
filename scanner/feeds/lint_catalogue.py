"""Rules of lint about a folder with an `indicators.yaml`, as the MVT project lays it out: is all that is there listed?

References:
    MVT indicators index: https://github.com/mvt-project/mvt-indicators (indicators.yaml)
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from scanner.feeds import nodes
from scanner.feeds.files import files
from scanner.feeds.lint_model import Level, Remark

INDEX = "indicators.yaml"
OUTSIDE = "a path leads out of the folder"
ID = "FEED040"
TITLE = "The index and the files of a folder do not agree."
BUNDLES = frozenset({".stix2", ".stix"})
Listed = dict[str, tuple[tuple[str, str], int]]
"""Paths of the index, each with its repository and its line."""


def remarks(root: Path) -> Iterator[Remark]:
    """What an index and the files beside it say differently.

    An entry of the index without its file is an error, and so is a bundle that the index forgot. Entries of other
    repositories cannot be checked: the folder's own is the one of which most files are there.
    """
    index = root / INDEX
    try:
        listed = entries(index.read_bytes())
    except (OSError, ValueError, yaml.YAMLError) as error:
        yield remark(index, f"the index cannot be read: {' '.join(str(error).split())[:200]}")
        return
    owners = Counter(owner for path, (owner, _) in listed.items() if (root / path).is_file())
    own = owners.most_common(1)[0][0] if owners else None
    for path, (owner, line) in listed.items():
        if (owner == own or own is None) and not (root / path).is_file():
            yield remark(index, f"the index names {path}, which is not there", path, line)
    for file, _ in files(root):
        name = file.relative_to(root).as_posix()
        if file.suffix.lower() in BUNDLES and name not in listed:
            yield remark(file, f"{INDEX} does not name {name}", name)


def is_index(path: Path) -> bool:
    """Whether a file is called as an index and is laid out as one, not as a feed."""
    if path.name != INDEX:
        return False
    try:
        return bool(entries(path.read_bytes()))
    except yaml.YAMLError:
        return False
    except (OSError, ValueError) as error:
        return OUTSIDE in str(error)


def remark(path: Path, message: str, value: str | None = None, line: int | None = None) -> Remark:
    """An error about the index."""
    place = f"line {line}" if line else None
    return Remark(rule=ID, level=Level.ERROR, message=message, path=str(path), value=value, line=line, place=place)


def entries(data: bytes) -> Listed:
    """The files that an index names.

    Raises:
        ValueError: It is no index, or a path leads out of the folder.
        yaml.YAMLError: It is not YAML.
    """
    top = pairs(nodes.compose(data)).get("indicators")
    if not isinstance(top, yaml.SequenceNode):
        raise ValueError("no list of indicators")
    found: Listed = {}
    for node in top.value:
        github = pairs(pairs(node).get("github"))
        path = scalar(github.get("path"))
        if not path:
            continue
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\\" in path:
            raise ValueError(f"{OUTSIDE}: {path[:100]}")
        found[path] = ((scalar(github.get("owner")), scalar(github.get("repo"))), node.start_mark.line + 1)
    return found


def pairs(node: Any) -> dict[str, Any]:
    """The nodes of a mapping by key; none, if it is something else."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {scalar(key): value for key, value in node.value}


def scalar(node: Any) -> str:
    """A scalar's text; empty, if it is none."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""
