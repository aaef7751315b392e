"""The synthetic Android phone: what it holds by its place in the namespace, who its apps are, and what is planted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from scanner.synthetic.phone import NOW, Spot, Trace

ZONE = timezone(timedelta(hours=2))
"""Berlin's summer time: what the phone's own clock shows."""


@dataclass(frozen=True)
class AndroidFacts:
    """Who the phone is; all invented."""

    model: str = "Moorland 5"
    maker: str = "Fernhill"
    product: str = "moorland"
    version: str = "14"
    sdk: int = 34
    build: str = "UP1A.231005.007"
    serial: str = "BRDLSYNTH0002"
    patch: str = "2024-05-05"
    timezone: str = "Europe/Berlin"

    @property
    def fingerprint(self) -> str:
        """The build's fingerprint."""
        maker = self.maker.lower()
        return f"{maker}/{self.product}/{self.product}:{self.version}/{self.build}/5501:user/release-keys"


@dataclass(frozen=True)
class App:
    """An app, as every store of the phone tells of it."""

    package: str
    uid: int
    folder: str
    """Of its APK."""
    signature: str = "5c6d7e8f"
    """The hash of its certificate that `dumpsys package` prints."""
    installer: str | None = None
    version: str = "1.0"
    code: int = 1
    installed: int = NOW - 200 * 86_400
    permissions: tuple[str, ...] = ()
    system: bool = False
    launcher: bool = True

    @property
    def apk(self) -> str:
        """Its APK."""
        return f"{self.folder}/base.apk" if not self.system else f"{self.folder}/{self.folder.rpartition('/')[2]}.apk"

    @property
    def user(self) -> str:
        """How dumps name its user."""
        return f"u0a{self.uid - 10_000}" if self.uid >= 10_000 else str(self.uid)


@dataclass
class AndroidPhone:
    """A phone: contents by path (`/data/…`, `dumpsys:/…`, `section:/…`), and the truth about what was planted."""

    facts: AndroidFacts = field(default_factory=AndroidFacts)
    items: dict[str, bytes] = field(default_factory=dict)
    apps: list[App] = field(default_factory=list)
    truth: list[Trace] = field(default_factory=list)

    def add(self, path: str, content: str | bytes) -> None:
        """Put something at a path."""
        self.items[path] = content.encode() if isinstance(content, str) else content

    def indicator(self, at: Spot, kind: str, value: str, what: str) -> None:
        """Enter in the truth that an indicator stands somewhere."""
        self.truth.append(Trace(at.artifact, at.path, kind, value, at.where, what, "critical", None, value))

    def heuristic(self, rule: str, at: Spot, what: str, severity: str = "medium") -> None:
        """Enter in the truth what a rule should notice without indicators."""
        self.truth.append(Trace(at.artifact, at.path, "heuristic", what, at.where, what, severity, rule, what))

    def below(self, scheme: str) -> Iterator[tuple[str, bytes]]:
        """What stands under a scheme, by its name there."""
        return ((path[len(scheme) :], data) for path, data in self.items.items() if path.startswith(scheme))


def local(moment: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment, seconds since 1970, by the phone's own clock."""
    return datetime.fromtimestamp(moment, UTC).astimezone(ZONE).strftime(form)


def lines(*texts: str) -> str:
    """Lines of a dump."""
    return "\n".join(texts) + "\n"
