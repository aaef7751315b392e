"""What kind of system a phone runs, for rules that judge by it."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.artifacts.android.properties import Property
from scanner.rule import Located

FIELDS = {
    "ro.build.type": "kind",
    "ro.build.version.sdk": "sdk",
    "ro.build.fingerprint": "fingerprint",
    "ro.product.manufacturer": "manufacturer",
}
DEVELOPERS = frozenset({"userdebug", "eng"})


@dataclass(frozen=True)
class Build:
    """A build of Android."""

    kind: str | None = None
    """user: what is sold; userdebug, eng: for developers."""
    sdk: str | None = None
    fingerprint: str | None = None
    manufacturer: str | None = None

    @property
    def for_developers(self) -> bool:
        """Whether it says of itself that it is for developers: many protections are off in such a build."""
        parts = (self.fingerprint or "").replace("/", ":").split(":")
        return self.kind in DEVELOPERS or (self.kind is None and not DEVELOPERS.isdisjoint(parts))

    def __str__(self) -> str:
        """Its type in words."""
        return f"a build of the type {self.kind}" if self.kind else "a build of unknown type"


def build(properties: Iterable[Located[Property]]) -> Build:
    """The build that the system properties tell of; where several files do, the first."""
    found = dict[str, str]()
    for one in properties:
        if (field := FIELDS.get(one.record.name)) and one.record.value:
            found.setdefault(field, one.record.value)
    return Build(**found)
