"""Path and file-name indicators against device paths, at the boundaries of names."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from scanner.feeds import normalise

K = TypeVar("K")


class Paths(Generic[K]):
    """Exact paths, directories (`/x/y/`), relative tails (`Library/x.plist`) and file names."""

    def __init__(self, paths: Mapping[str, K], names: Mapping[str, K]) -> None:
        """Sort the indicators by how they match."""
        self.names = names
        self.exact = {path: known for path, known in paths.items() if path.startswith("/")}
        self.folders = {path.rstrip("/"): known for path, known in self.exact.items()}
        self.tails: dict[str, list[tuple[str, K]]] = {}
        for path, known in paths.items():
            if not path.startswith("/"):
                tail = path.strip("/")
                self.tails.setdefault(tail[tail.rfind("/") + 1 :], []).append((tail, known))

    def __call__(self, value: str) -> list[K]:
        """The indicators that a device path meets: equal, below it at a `/`, ending in it at a `/`, or of its name."""
        path = normalise.path(value)
        found = [self.folders[path]] if path in self.folders else []
        end = path.find("/", 1)
        while end > 0:
            if (folder := path[:end]) in self.folders:
                found.append(self.folders[folder])
            end = path.find("/", end + 1)
        name = path[path.rfind("/") + 1 :]
        if name in self.names:
            found.append(self.names[name])
        for tail, known in self.tails.get(name, ()):
            if path == tail or path.endswith("/" + tail):
                found.append(known)
        return found
