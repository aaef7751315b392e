"""Recent tasks as the phone itself stores them: with the whole link that a task was opened with."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.activity_records import RecentTask
from scanner.evidence import File, UnsupportedError
from scanner.formats.android_text import since_1970
from scanner.record import Place

SCHEMES = ("http://", "https://")


@artifact("/data/system_ce/*/recent_tasks/*_task.xml", "/data/system/recent_tasks/*_task.xml")
def tasks(file: File) -> Iterator[RecentTask]:
    """A task in the list of recent apps: what it shows, who opened it, and when it was last moved to the front.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/wm/Task.java
    """
    task = file.xml()
    if task.tag != "task":
        raise UnsupportedError(f"not a task but {task.tag[:60]}")
    intent = task.find("intent")
    component = task.get("real_activity") or (intent.get("component") if intent is not None else None)
    moved = task.get("last_active_time") or task.get("last_time_moved") or ""
    link = intent.get("data", "") if intent is not None else ""
    caller = task.get("calling_package")
    yield from file.record(
        RecentTask,
        Place(key=f"task.{task.get('task_id')}"),
        component=component,
        package=component.partition("/")[0] if component else None,
        user=task.get("user_id"),
        uid=task.get("effective_uid"),
        caller=caller or None,
        action=intent.get("action") if intent is not None else None,
        url=link if link.startswith(SCHEMES) else None,
        **since_1970(moved),
    )
