"""Apps for rules that judge by them: what all sources say of one app together, and where it came from."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.artifacts.android.packages import Package
from scanner.rule import Located
from scanner.rules.android.stores import BY_HAND, CABLE, STORES

LOCAL_FILE, DOWNLOADED_FILE = 3, 4
BACKUP = "android.backup_manifests.apps"
"""Lists some apps only: those that may be backed up."""
FEWEST = 20
"""Apps of a list that may be the whole one; the barest phone has more."""


@dataclass
class App:
    """One app, of all users and sources."""

    at: Located[Package]
    """Its first record: where a finding points."""
    app_id: str
    records: list[Package] = field(default_factory=list)

    @property
    def system(self) -> bool | None:
        """Whether it came with the system; None where no source says."""
        known = [one.system for one in self.records if one.system is not None]
        return any(known) if known else None

    @property
    def overlay(self) -> bool:
        """Whether it only holds resources that replace another's."""
        return any(one.overlay_target for one in self.records)

    @property
    def signers(self) -> frozenset[str]:
        """Hashes of its certificates, of whatever kind the sources have."""
        return frozenset(one for each in self.records for one in (*each.signatures, *each.certificates))

    @property
    def flags(self) -> frozenset[str]:
        """Its flags."""
        return frozenset(flag for one in self.records for flag in one.flags)

    @property
    def installer(self) -> str | None:
        """Who counts as its installer."""
        return next((one.installer for one in self.records if one.installer), None)

    def origins(self) -> set[str]:
        """Who installed it, and who began to."""
        names = {name for one in self.records for name in (one.installer, one.initiating)}
        return {name for name in names if name}

    @property
    def from_store(self) -> bool:
        """Whether a store installed it, and no other hand began to."""
        return bool(self.origins() & STORES) and not self.origins() & BY_HAND

    @property
    def from_shell(self) -> bool:
        """Whether adb's shell installed it."""
        return CABLE in self.origins()

    @property
    def from_file(self) -> bool:
        """Whether somebody is known to have installed it from a file or by adb."""
        sources = {one.package_source for one in self.records}
        return bool(self.origins() & BY_HAND or sources & {LOCAL_FILE, DOWNLOADED_FILE})

    @property
    def how(self) -> str:
        """Where it came from, in words."""
        if self.from_shell:
            return "installed over adb"
        if self.from_file:
            return "installed from a file"
        if names := sorted(self.origins()):
            return f"installed by {names[0]}"
        return "installed by nobody that the phone knows of"


def apps(packages: Iterable[Located[Package]]) -> dict[str, App]:
    """Every app by its name, without the versions that an update hides."""
    found: dict[str, App] = {}
    for one in packages:
        record = one.record
        if record.factory:
            continue
        if (app := found.get(record.app_id)) is None:
            app = found[record.app_id] = App(one, record.app_id)
        app.records.append(record)
    return found


def listed(packages: Iterable[Located[Package]]) -> frozenset[str]:
    """The names of all apps on the phone; none where the evidence has no list that may be the whole one."""
    known = [(one.record.app_id, one.artifact) for one in packages]
    whole = {name for name, artifact in known if artifact != BACKUP}
    return frozenset(name for name, _ in known) if len(whole) >= FEWEST else frozenset()


def installed(app: App) -> bool:
    """Whether some user has it; where no source says, it is taken as so."""
    known = [one.installed for one in app.records if one.installed is not None]
    return any(known) or not known


def sideloaded(app: App, all_apps: dict[str, App]) -> bool:
    """Whether an app is no part of the system, and neither a store nor another part of the system installed it."""
    if app.system is not False or app.from_store or app.overlay:
        return False
    return app.from_file or not any(
        (found := all_apps.get(name)) is not None and found.system for name in app.origins() - BY_HAND
    )
