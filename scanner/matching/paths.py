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
        self.lengths = sorted({len(folder) for folder in self.folders})
        self.tails: dict[str, list[tuple[str, K]]] = {}
        for path, known in paths.items():
            if not path.startswith("/"):
                tail = path.strip("/")
                self.tails.setdefault(tail[tail.rfind("/") + 1 :], []).append((tail, known))

    def __call__(self, value: str) -> list[K]:
        """The indicators that a device path meets: equal, below it at a `/`, ending in it at a `/`, or of its name."""
        path = normalise.path(value)
        found = [self.folders[path[:length]] for length in self.lengths if self.at(path, length)]
        name = path[path.rfind("/") + 1 :]
        if name in self.names:
            found.append(self.names[name])
        for tail, known in self.tails.get(name, ()):
            if path == tail or path.endswith("/" + tail):
                found.append(known)
        return found

    def at(self, path: str, length: int) -> bool:
        """Whether an indicator of this length ends in the path at a boundary."""
        return path[length : length + 1] in {"", "/"} and path[:length] in self.folders
