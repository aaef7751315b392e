"""Which components of apps answer to which intents, as the package service's tables list them."""

from collections.abc import Iterator
from typing import Any

from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.record import AppId, Place, Record

TABLES = {
    "Activity Resolver Table:": "activity",
    "Receiver Resolver Table:": "receiver",
    "Service Resolver Table:": "service",
    "Provider Resolver Table:": "provider",
}
GROUPS = {"Non-Data Actions:": "action", "MIME Typed Actions:": "action with a type", "Schemes:": "scheme"}
"""The groups by MIME type list the same components once more."""
MAX_CATEGORIES = 50
GROUP, KEY, ENTRY = 2, 6, 8
"""Columns where the lines of a table begin."""
PRIORITY, CATEGORY = "mPriority=", 'Category: "'


class IntentFilter(Record):
    """A component of an app that answers to an intent."""

    kind: str
    """activity, receiver, service or provider."""
    by: str
    """What `value` is: an action, an action with a type, or a scheme of links."""
    value: str
    app_id: AppId
    component: str
    """Its class; one in the app's own package begins with a point."""
    priority: int | None = None
    """Where the dump prints filters: before others if higher; 999 and more gets text messages first."""
    categories: tuple[str, ...] = ()
    """Where the dump prints filters: `android.intent.category.LAUNCHER` puts it in the list of apps."""
    filters: int | None = None
    """How many filters of the component name this, where more than one."""


class Table:
    """Reads the lines of one table."""

    def __init__(self, file: File, kind: str) -> None:
        """A table of this kind of components."""
        self.file, self.kind = file, kind
        self.by: str | None = None
        self.value = ""
        self.pending: dict[str, Any] | None = None
        self.line = 0

    def feed(self, number: int, text: str) -> Iterator[IntentFilter]:
        """One line; it gives the component before it."""
        body = text.lstrip()
        depth = len(text) - len(body)
        if depth == GROUP:
            self.by = GROUPS.get(body.rstrip())
        elif self.by is None or not body:
            return
        elif depth == KEY:
            self.value = body.rstrip().removesuffix(":")
        elif depth == ENTRY:
            yield from self.end()
            self.pending, self.line = self.entry(body), number
        elif self.pending is not None:
            self.detail(body, self.pending)

    def detail(self, body: str, pending: dict[str, Any]) -> None:
        """A line of a component's filter."""
        if body.startswith(PRIORITY):
            pending["priority"] = whole(body[len(PRIORITY) :].partition(",")[0])
        elif body.startswith(CATEGORY) and len(pending.get("categories", ())) < MAX_CATEGORIES:
            pending["categories"] = (*pending.get("categories", ()), body[len(CATEGORY) :].rstrip('" '))

    def entry(self, body: str) -> dict[str, Any] | None:
        """`ab6f8 com.example/.Receiver (3 filters)`; older: `41f0 com.example/.Receiver filter 41f8`."""
        words = body.split()
        if len(words) < 2 or "/" not in words[1]:
            return None
        app_id, _, component = words[1].partition("/")
        values: dict[str, Any] = {"kind": self.kind, "by": self.by, "value": self.value}
        values |= {"app_id": app_id, "component": component}
        if words[-1] == "filters)":
            values["filters"] = whole(words[-2][1:])
        return values

    def end(self) -> Iterator[IntentFilter]:
        """The last component."""
        if self.pending is not None:
            made = self.file.made(IntentFilter, Place(line=self.line), self.pending)
            self.pending = None
            if made is not None:
                yield made
