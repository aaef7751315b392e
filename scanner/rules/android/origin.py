"""Where apps come from, for rules that judge by it: the phone's system, a store, or neither."""

from collections.abc import Iterable
from enum import StrEnum

from scanner.artifacts.android.packages import Package
from scanner.rule import Located
from scanner.rules.android.apps import apps
from scanner.rules.android.stores import CHECKED

NOT_SAID = "comes from where the evidence does not say"


class Origin(StrEnum):
    """Where an app comes from."""

    SYSTEM = "system"
    STORE = "store"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class Origins:
    """The origin of every app that the evidence lists."""

    def __init__(self, packages: Iterable[Located[Package]]) -> None:
        """Read them all."""
        self.apps = apps(packages)

    def of(self, app_id: str) -> Origin:
        """Where an app comes from; `UNKNOWN` where the evidence does not list it or does not say."""
        app = self.apps.get(app_id)
        if app is None:
            return Origin.UNKNOWN
        if app.system:
            return Origin.SYSTEM
        if app.installer in CHECKED and not app.from_shell:
            return Origin.STORE
        return Origin.UNKNOWN if app.system is None and app.installer is None else Origin.ELSEWHERE

    def told(self, app_id: str) -> str:
        """The same as the second half of a sentence."""
        app, origin = self.apps.get(app_id), self.of(app_id)
        if app is None:
            return "is not among the installed apps" if self.apps else NOT_SAID
        if origin is Origin.SYSTEM:
            return "came with the phone"
        if origin is Origin.UNKNOWN:
            return NOT_SAID
        if app.from_shell and app.installer in CHECKED:
            return f"was installed over a cable in the name of {app.installer}"
        return f"was installed by {app.installer}" if app.installer else "was installed from a file or over a cable"
