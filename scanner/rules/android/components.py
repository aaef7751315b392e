"""What apps answer to, for rules: icons, starting with the phone, messages and calls."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.artifacts.android.resolvers import IntentFilter
from scanner.rule import Located

MAIN = "android.intent.action.MAIN"
LAUNCHERS = {"android.intent.category.LAUNCHER", "android.intent.category.LEANBACK_LAUNCHER"}
BOOT = frozenset({
    "android.intent.action.BOOT_COMPLETED", "android.intent.action.LOCKED_BOOT_COMPLETED",
    "android.intent.action.QUICKBOOT_POWERON", "com.htc.intent.action.QUICKBOOT_POWERON",
})  # fmt: skip
"""What apps are told of when the phone has started."""
AUTOSTART = BOOT | {"android.intent.action.USER_PRESENT", "android.intent.action.USER_UNLOCKED"}
TOLD = {
    "android.provider.Telephony.SMS_RECEIVED": "text messages",
    "android.provider.Telephony.SMS_DELIVER": "text messages",
    "android.intent.action.DATA_SMS_RECEIVED": "text messages",
    "android.provider.Telephony.WAP_PUSH_RECEIVED": "multimedia messages",
    "android.intent.action.NEW_OUTGOING_CALL": "outgoing calls",
    "android.intent.action.PHONE_STATE": "calls",
}
FIRST = 999
"""From this priority on a receiver gets a text message before the app for messages."""


@dataclass
class Components:
    """Components by app."""

    mains: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    receives: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    before: set[str] = field(default_factory=set)
    complete: bool = False
    """Whether the dump lists activities at all."""

    def main(self, app_id: str) -> set[str]:
        """The activities that can be opened, with their full names."""
        return self.mains.get(app_id, set())

    def autostart(self, app_id: str) -> bool:
        """Whether it is started with the phone, or when that is unlocked."""
        return not AUTOSTART.isdisjoint(self.receives.get(app_id, ()))

    def told(self, app_id: str) -> list[str]:
        """What it is told of."""
        return sorted({TOLD[action] for action in self.receives.get(app_id, ()) if action in TOLD})

    def first(self, app_id: str) -> bool:
        """Whether it gets messages before others."""
        return app_id in self.before

    def icon_hidden(self, app_id: str, off: set[str]) -> bool:
        """Whether it has no activity to open, or these are all switched off."""
        return self.main(app_id) <= off


def components(filters: Iterable[Located[IntentFilter]]) -> Components:
    """The components of all apps.

    Only some dumps say which activities have an icon; in the others, every main activity counts.
    """
    found, icons = Components(), defaultdict[str, set[str]](set)
    for one in filters:
        record = one.record
        if record.kind == "activity":
            found.complete = True
            if record.value == MAIN:
                name = record.app_id + record.component if record.component.startswith(".") else record.component
                found.mains[record.app_id].add(name)
                if not LAUNCHERS.isdisjoint(record.categories):
                    icons[record.app_id].add(name)
        elif record.kind == "receiver":
            found.receives[record.app_id].add(record.value)
            if record.value in TOLD and (record.priority or 0) >= FIRST:
                found.before.add(record.app_id)
    if icons:
        found.mains = icons
    return found
