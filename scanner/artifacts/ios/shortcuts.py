"""Shortcuts: what the owner's automations do, and when they ran."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.formats import bplist
from scanner.record import AppId, CocoaTime, Place, Record, Stage, Text, Url

MAX_STRINGS = 20_000


class Shortcut(Record):
    """A shortcut and every text in its actions."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    time: CocoaTime | None = None
    """When it was made."""
    name: str | None = None
    modified: CocoaTime | None = None
    description: Text | None = None
    actions: tuple[str, ...] = ()
    """What it does, step by step, by Apple's names: `is.workflow.actions.downloadurl`."""
    urls: tuple[Url, ...] = ()
    texts: tuple[Text, ...] = ()
    app: AppId | None = None
    """The app that offers it."""
    source: str | None = None
    workflow: str | None = None
    runs: int | None = None
    last_run: CocoaTime | None = None
    deleted: bool | None = None


class ShortcutRun(Record):
    """One run of a shortcut."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    time: CocoaTime | None = None
    name: str | None = None
    source: str | None = None
    """What started it."""
    outcome: int | None = None


@artifact("/private/var/mobile/**/Shortcuts/Shortcuts.sqlite")
def actions(file: File) -> Iterator[Shortcut | ShortcutRun]:
    """The owner's shortcuts with the links and texts of their actions, and their runs.

    References:
        MVT, "Records extracted by mvt-ios": https://docs.mvt.re/en/latest/ios/records/
    """
    columns = """
        s.ZCREATIONDATE AS time, s.ZMODIFICATIONDATE AS modified, s.ZNAME AS name,
               s.ZACTIONSDESCRIPTION AS description, s.ZASSOCIATEDAPPBUNDLEIDENTIFIER AS app, s.ZSOURCE AS source,
               s.ZWORKFLOWID AS workflow, s.ZRUNEVENTSCOUNT AS runs, s.ZLASTRUNEVENTDATE AS last_run,
               s.ZTOMBSTONED AS deleted
    """
    queries = (
        f"""SELECT COALESCE(s.Z_PK, -a.Z_PK) AS _ZSHORTCUT, a.ZDATA AS data, {columns}
        FROM ZSHORTCUT s FULL JOIN ZSHORTCUTACTIONS a ON a.ZSHORTCUT = s.Z_PK""",  # noqa: S608 - all of it is ours
        f"SELECT s.Z_PK AS _ZSHORTCUT, {columns} FROM ZSHORTCUT s",  # noqa: S608 - all of it is ours
    )
    for table, row in file.raw(Shortcut, queries):
        place = placed(table, row)
        if place.row and place.row < 0:  # actions whose shortcut is gone
            place = Place(table="ZSHORTCUTACTIONS", row=-place.row, recovered=place.recovered)
        steps, urls, texts = contents(file, row.pop("data", None), place)
        yield from file.record(Shortcut, place, actions=steps, urls=urls, texts=texts, **row)
    yield from runs(file)


def runs(file: File) -> Iterator[ShortcutRun]:
    """The runs of shortcuts; older versions kept none."""
    try:
        yield from file.rows(
            ShortcutRun,
            """
            SELECT r.Z_PK AS _ZSHORTCUTRUNEVENT, r.ZDATE AS time, s.ZNAME AS name, r.ZSOURCE AS source,
                   r.ZOUTCOME AS outcome
            FROM ZSHORTCUTRUNEVENT r LEFT JOIN ZSHORTCUT s ON s.Z_PK = r.ZSHORTCUT
            """,
        )
    except UnsupportedError:
        return


def contents(file: File, stored: object, place: Place) -> tuple[list[str], list[str], list[str]]:
    """The actions' names, the links and the other texts in them, each once."""
    if stored is None:
        return [], [], []
    try:
        found = bplist.loads(stored if isinstance(stored, bytes) else str(stored).encode("utf-8", "replace"))
    except ValueError as error:
        file.problem(f"actions: {error}", place.row)
        return [], [], []
    for message in found.problems:
        file.problem(f"actions: {message}", place.row)
    listed: list[Any] = found.root if isinstance(found.root, list) else [found.root]
    named = [one.pop(NAME, None) if isinstance(one, dict) else None for one in listed]
    steps = [name for name in named if isinstance(name, str)]
    if len(steps) < len(named):
        file.problem(f"actions: {len(named) - len(steps)} of {len(named)} have no name", place.row)
    texts = list(dict.fromkeys(values(listed)))
    if len(texts) > MAX_STRINGS:
        file.problem(f"actions: only {MAX_STRINGS} of {len(texts)} texts were read", place.row)
    urls = [text for text in texts[:MAX_STRINGS] if is_link(text)]
    return steps, urls, [text for text in texts[:MAX_STRINGS] if not is_link(text)]


NAME = "WFWorkflowActionIdentifier"


def is_link(text: str) -> bool:
    """Whether a text is one web address and nothing else."""
    return text[:8].lower().startswith(("http://", "https://")) and not any(map(str.isspace, text))


def values(root: Any) -> Iterator[str]:
    """Every text in a property list but the keys, in stored order."""
    waiting = [iter([root])]
    while waiting:
        for member in waiting[-1]:
            if isinstance(member, str):
                yield member
            elif isinstance(member, dict | list):
                waiting.append(iter(member.values() if isinstance(member, dict) else member))
                break
        else:
            waiting.pop()
