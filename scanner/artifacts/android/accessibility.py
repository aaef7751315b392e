"""Accessibility services: what may read the screen and act for the owner."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.components import components
from scanner.evidence import File
from scanner.record import AppId, Place, Record

USER = re.compile(r"\bid=(\d{1,9})\b")
COUNT = re.compile(r"installedServiceCount=(\d{1,6})")
BLOCK = re.compile(r"(?im)^[ \t]*(?:(Bound|Enabled|Binding|Crashed|installed) )?services: ?\{?")
END = re.compile(r"(?im)^[ \t]*(?:Client list|Ui ?Automation|Windows?\b|window\[)")
LABEL = re.compile(r"Service\[label=(.{0,500}?), ?feedbackType(.{0,500}?), capabilities=(\d{1,9})", re.DOTALL)
LEFT_OUT = "…"
STATES = ("enabled", "binding", "crashed", "installed")
MAX_LINES, MAX_TEXT = 5_000, 4 << 20
"""Of one user's state; the text in characters."""


class AccessibilityService(Record):
    """A service that may read the screen and act in the owner's place, of one user of the phone."""

    app_id: AppId | None = None
    """None where the dump names the service by its label only."""
    component: str | None = None
    label: str | None = None
    """What the owner reads in the settings."""
    user: int | None = None
    enabled: bool | None = None
    bound: bool | None = None
    """Whether it was running and connected; None where the dump does not tell which are."""
    binding: bool | None = None
    crashed: bool | None = None
    installed: bool | None = None
    capabilities: int | None = None
    """Bits: 1 read windows, 2 touch exploration, 8 key presses, 16 magnification, 32 gestures, 64 fingerprint gestures,
    128 screenshots."""


class State:
    """What the dump says of one user."""

    def __init__(self, line: int, text: str) -> None:
        """Take the text apart."""
        self.line, self.text, self.blocks = line, text, dict(parts(text))
        user = USER.search(text)
        self.user = int(user[1]) if user else None
        self.known = bool(user or self.blocks)
        self.running = [(label, int(bits)) for label, _, bits in LABEL.findall(self.blocks.get("bound", ""))]
        self.named = {name: dict.fromkeys(components(text)) for name, text in self.blocks.items() if name != "bound"}
        waiting = self.named.get("binding", {}) | self.named.get("crashed", {})
        self.able = {one for one in self.named.get("enabled", {}) if one not in waiting}
        """Enabled services that nothing keeps from running."""


@artifact("dumpsys:/accessibility")
def services(file: File) -> Iterator[AccessibilityService]:
    """Accessibility services of every user: which are enabled, and which were running.

    Three shapes: to Android 9 only the running ones and only their labels (`services:{Service[label=…]}`); since
    Android 10 `Bound`, `Enabled` and `Binding services:{…}` with components in all but the first, since Android 11
    also `Crashed`; some makers number all that are installed (`installed services: {0 : pkg/Class`). As a running
    service is always an enabled one that is neither binding nor crashed, equal numbers tell that all those ran.

    References:
        AOSP, AccessibilityUserState.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/accessibility/
    """
    found = False
    for line, text in states(file):
        state = State(line, text)
        found = found or state.known
        check(file, state)
        yield from of_user(file, state)
    if not found:
        file.problem("no state of a user stands in it")


def states(file: File) -> Iterator[tuple[int, str]]:
    """Each user's state, with its first line; what stands before the first one too, as Android 4.0 knew no users."""
    start, held, size = 1, list[str](), 0
    for line, text in file.lines():
        if text.lstrip().startswith("User state["):
            if held:
                yield start, "\n".join(held)
            start, held, size = line, [], 0
        size += len(text)
        if len(held) < MAX_LINES and size < MAX_TEXT:
            held.append(text)
        elif held and held[-1] is not LEFT_OUT:
            held.append(LEFT_OUT)
            file.problem("only the first part of a user's state was read", line)
    if held:
        yield start, "\n".join(held)


def of_user(file: File, state: State) -> Iterator[AccessibilityService]:
    """One user's services."""
    place, enabled, running = Place(line=state.line), state.named.get("enabled", {}), state.running
    same = 1 if len(enabled) == len(running) == 1 else 0
    for one in dict.fromkeys(one for part in state.named.values() for one in part):
        values: dict[str, Any] = {name: one in state.named[name] for name in STATES if name in state.named}
        values |= {"app_id": one[0], "component": one[1], "user": state.user}
        if "bound" in state.blocks:
            values["bound"] = bound_of(one, state)
        if same and one in enabled:
            values["label"], values["capabilities"] = running[0]
        yield from file.record(AccessibilityService, place, **values)
    for label, capabilities in running[same:]:
        values = {"label": label, "capabilities": capabilities, "user": state.user, "enabled": True, "bound": True}
        yield from file.record(AccessibilityService, place, **values)


def bound_of(one: tuple[str, str], state: State) -> bool | None:
    """Whether a service was running: none was, all that could be were, or nobody can tell."""
    if one not in state.able or not state.running:
        return False
    return True if len(state.running) >= len(state.able) else None


def parts(text: str) -> Iterator[tuple[str, str]]:
    """The lists of a user's state: `bound`, `enabled`, `binding`, `crashed`, `installed`, with their text."""
    if end := END.search(text):
        text = text[: end.start()]
    heads = list(BLOCK.finditer(text))
    if not heads and "Service[label=" in text:
        yield "bound", text
    for head, following in zip_longest(heads, heads[1:]):
        yield (head[1] or "bound").lower(), text[head.end() : following.start() if following else None]


def check(file: File, state: State) -> None:
    """Note where fewer services could be read than the dump has or says it has."""
    if (printed := state.blocks.get("bound", "").count("Service[")) > len(state.running):
        file.problem(f"{printed} running services are printed, {len(state.running)} could be read", state.line)
    for name, found in state.named.items():
        if not found and state.blocks[name].strip(" \n\t{}[]"):
            file.problem(f"none of the {name} services could be read", state.line)
    stated = COUNT.search(state.text)
    if stated and "installed" in state.named and len(state.named["installed"]) < int(stated[1]):
        file.problem(f"{stated[1]} services are installed, {len(state.named['installed'])} are named", state.line)
