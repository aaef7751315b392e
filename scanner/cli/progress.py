"""A progress bar by bytes on standard error, where that is a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scanner.engine import Progress


@contextmanager
def shown(name: str, *, wanted: bool) -> Iterator[Progress]:
    """What the engine tells its progress to."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from scanner.report.plain import printable

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(printable(name), total=None)

        def update(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            bar.refresh()

        yield update
