"""Path and file-name indicators against device paths, at the boundaries of names."""

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from scanner.feeds import normalise

K = TypeVar("K")
REMEMBERED = 50_000
AT_PRIVATE = len("/private")
"""Where the last `/` of `/private/var` is, which is `/var`."""


class Folder(NamedTuple, Generic[K]):
    """What is known of a folder: indicators that everything in it meets, and those of names in it."""

    path: str
    above: tuple[K, ...]
    inside: Mapping[str, K]


class Paths(Generic[K]):
    """Exact paths, directories (`/x/y/`), relative tails (`Library/x.plist`) and file names."""

    def __init__(self, paths: Mapping[str, K], names: Mapping[str, K]) -> None:
        """Sort the indicators by how they match."""
        self.names = names
        self.exact: dict[str, K] = {}
        self.inside: dict[str, dict[str, K]] = {}
        self.tails: dict[str, list[tuple[str, K]]] = {}
        for path, known in paths.items():
            whole = path.rstrip("/") if path.startswith("/") else path.strip("/")
            parent, _, name = whole.rpartition("/")
            if path.startswith("/"):
                self.exact[whole] = known
                self.inside.setdefault(parent, {})[name] = known
            else:
                self.tails.setdefault(name, []).append((whole, known))
        self.folders: dict[str, Folder[K]] = {}

    def __call__(self, value: str) -> list[K]:
        """The indicators that a device path meets: equal, below it at a `/`, ending in it at a `/`, or of its name."""
        end = value.rfind("/")
        name = value[end + 1 :]
        if not name or name[0] == "." or end == AT_PRIVATE:  # what the normal form changes in the name itself
            value = normalise.path(value).rstrip("/")
            end = value.rfind("/")
            name = value[end + 1 :]
        folder = self.folders.get(value[: end + 1]) or self.folder(value[: end + 1])
        if not (folder.above or name in folder.inside or name in self.names or name in self.tails):
            return []
        found = [*folder.above, *(known for each, known in folder.inside.items() if each == name)]
        if name in self.names:
            found.append(self.names[name])
        path = f"{folder.path}/{name}" if end >= 0 else name
        found += [known for tail, known in self.tails.get(name, ()) if path == tail or path.endswith("/" + tail)]
        return found

    def folder(self, value: str) -> Folder[K]:
        """What is known of a folder; few folders hold most files, so it is remembered."""
        path = normalise.path(value).rstrip("/")
        ends = [at for at, letter in enumerate(path) if letter == "/" and at] + [len(path)]
        above = tuple(self.exact[path[:end]] for end in ends if path[:end] in self.exact)
        if len(self.folders) > REMEMBERED:
            self.folders.clear()
        found = self.folders[value] = Folder(path, above, self.inside.get(path, {}))
        return found
