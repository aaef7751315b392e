"""`bridle feeds update|add|remove|export|import`: the commands that fetch feeds and keep them.

Exit codes: 0 all is well; 1 something was held back or failed; 2 it could not be done (no network, no such feed).
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.feeds.catalogue import Entry
    from scanner.feeds.store import Store
    from scanner.feeds.update import Result

AMISS, COULD_NOT = 1, 2
SHOWN_VALUES = 10
"""Values of each sort that are named for a feed, unless all are asked for."""

Ids = Annotated[
    list[str] | None,
    typer.Argument(help="Feeds to fetch, also such as are off; if none, those on and those kept.", metavar="ID..."),
]  # fmt: skip
Accept = Annotated[
    list[str] | None,
    typer.Option("--accept", help="Take the version of this feed that was held back; may be repeated.", metavar="ID"),
]
Catalogue = Annotated[
    Path | None, typer.Option(help="Another catalogue instead of the one that comes with Bridle and your own.")
]
Values = Annotated[bool, typer.Option("--values", help="Name every value that came, went or changed.")]
Format = Annotated[options.Format, typer.Option("--format", help="What is printed.")]
Wait = Annotated[float, typer.Option(min=0, help="Seconds to wait for another update to end.")]


def update(  # noqa: PLR0917 - options
    ids: Ids = None,
    accept: Accept = None,
    catalogue: Catalogue = None,
    values: Values = False,
    output_format: Format = options.Format.TEXT,
    wait: Wait = 30.0,
) -> None:
    """Fetch the newest version of feeds, look at each, and say what is other.

    A feed that has vanished, lost more than 5 % of its values or all of a kind stays as it was until you --accept it
    (which alone fetches nothing). Exit codes: 0 all is well; 1 something was held back or failed; 2 no server answered.
    """
    from scanner.feeds import update as updating
    from scanner.feeds.store import Store

    store = Store()
    with sentences(), store.lock(wait):
        results = list(updating.accept(store, accept or (), known(store, catalogue)))
        if ids or not accept:
            wanted = chosen(store, ids or [], catalogue)
            results += watched(updating.update(store, wanted), len(wanted))
        reached(store, results)
        tell(results, output_format, everything=values)
        ended(results)


def known(store: "Store", own: Path | None) -> "dict[str, Entry]":
    """The catalogue: ours with the user's, or another in their place."""
    from scanner.feeds import catalogue

    if own is None:
        return catalogue.entries(store.own_catalogue)
    if not own.exists():
        raise ValueError(f"there is no catalogue {own}")
    return {one.id: one for one in catalogue.read(own).feeds}


def chosen(store: "Store", ids: list[str], own: Path | None) -> "list[Entry]":
    """The feeds that are asked for, or those that are on and those that are kept."""
    found = known(store, own)
    for name in ids:
        if name not in found:
            raise ValueError(f"no feed is named {name[:100]}; `bridle feeds add` makes one known")
        if not found[name].url:
            raise ValueError(f"{name} was added as a file and has no address")
    kept = set(store.ids())
    names = ids or [name for name, one in found.items() if one.on or (name in kept and one.url)]
    if not names:
        raise ValueError("there is no feed to fetch")
    return [found[name] for name in dict.fromkeys(names)]


def reached(store: "Store", results: "list[Result]") -> None:
    """End here if no server answered: one sentence says more than as many failures."""
    if results and not any(one.reached for one in results):
        kept = len(store.ids())
        stay = f"the {kept} feeds that are kept stay as they are" if kept else "no feeds are kept yet"
        raise ValueError(f"no server could be reached ({results[0].why[0]}): {stay}")


def ended(results: "list[Result]") -> None:
    """End with the exit code of what became of the feeds."""
    from scanner.feeds.update import AMISS as BAD

    if any(one.became in BAD for one in results):
        raise typer.Exit(AMISS)


def add(  # noqa: PLR0917 - options
    name: Annotated[
        str,
        typer.Argument(
            help="The id that it gets; of a bare list of names, with what they are: my-processes.", metavar="ID"
        ),
    ],
    source: Annotated[str, typer.Argument(help="Its address, or a file.", metavar="URL|FILE")],
    title: Annotated[str, typer.Option(help="What it is.")] = "",
    licence: Annotated[str, typer.Option(help="Under which licence it is.")] = "none stated",
    family: Annotated[list[str] | None, typer.Option(help="The family that it is about; may be repeated.")] = None,
    threat: Annotated[str, typer.Option("--class", help="mercenary, stalkerware, watchware or dual-use.")] = "unknown",
    private: Annotated[bool, typer.Option("--private", help="Not to be named in reports that are shared.")] = False,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="taxii, if URL is a TAXII 2.1 collection; else a file is known by its content.",
            metavar="NAME",
        ),
    ] = "",
    fetch: Annotated[bool, typer.Option(help="Fetch it at once.")] = True,
) -> None:
    """Make a feed of your own known, and fetch it.

    It stands in feeds.yaml in the data folder. An id of the catalogue may be used to fetch that feed from elsewhere.
    A TAXII server is told who you are by BRIDLE_TAXII_TOKEN, or BRIDLE_TAXII_USER and BRIDLE_TAXII_PASSWORD; with
    BRIDLE_TAXII_HOST, only the server of that name is.
    """
    from scanner.feeds import catalogue
    from scanner.feeds import update as updating
    from scanner.feeds.model import Threat
    from scanner.feeds.store import Store

    store, address = Store(), "://" in source
    with sentences(), store.lock():
        if threat not in list(Threat):
            raise ValueError(f"{threat[:50]} is no class")
        addressed(source, form)
        entry = catalogue.Entry(
            id=catalogue.checked(name), url=source if address else "", title=title, licence=licence,
            families=family or [], threat=Threat(threat), private=private, format=form,
        )  # fmt: skip
        results = [] if address else [filed(store, entry, Path(source))]
        remember(store, entry)
        if address and fetch:
            results = watched(updating.update(store, [entry]), 1)
        reached(store, results)
        tell(results, options.Format.TEXT)
        ended(results)


def addressed(source: str, form: str) -> None:
    """Look at where a feed is to come from, before it is remembered.

    Raises:
        ValueError: Nothing can be fetched from there.
    """
    from scanner.feeds import taxii
    from scanner.feeds.store import FORMATS

    address = "://" in source
    if address and not source.lower().startswith(("https://", "http://")):
        raise ValueError("only http and https addresses can be fetched")
    if form and form not in FORMATS:
        raise ValueError(f"{form[:50]} is no format; there are {', '.join(FORMATS)}")
    if form == taxii.FORMAT:
        if not address:
            raise ValueError("a TAXII collection has an address, and is no file")
        try:
            taxii.address(source)
        except ValueError as error:
            raise ValueError(f"the address {error}") from None


def filed(store: "Store", entry: "Entry", path: Path) -> "Result":
    """A file of the user's into the store."""
    from datetime import UTC, datetime

    from scanner.feeds.files import content
    from scanner.feeds.update import Version, take

    try:
        version = Version(data=content(path), url=path.name, entry=entry, fetched=datetime.now(UTC))
        return take(store, entry.id, version)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be added: {getattr(error, 'strerror', None) or error}") from None


def remember(store: "Store", entry: "Entry") -> None:
    """Put an entry into the user's catalogue."""
    from scanner.feeds import catalogue

    own = catalogue.read(store.own_catalogue)
    own.feeds = [*(one for one in own.feeds if one.id != entry.id), entry]
    own.off = [one for one in own.off if one != entry.id]
    catalogue.write(store.own_catalogue, own)


def remove(
    names: Annotated[list[str], typer.Argument(help="Feeds to remove.", metavar="ID...")],
) -> None:
    """Remove feeds, with their older versions; those of the catalogue are not fetched again unless you name them."""
    from scanner.feeds import catalogue
    from scanner.feeds.store import Store

    store = Store()
    with sentences(), store.lock():
        known, own = catalogue.entries(store.own_catalogue), catalogue.read(store.own_catalogue)
        if unknown := next((name for name in names if name not in known and name not in store.ids()), None):
            raise ValueError(f"no feed is named {unknown[:100]}")
        own.feeds = [one for one in own.feeds if one.id not in names]
        ours = catalogue.entries()
        own.off = sorted({*own.off, *(name for name in names if name in ours and ours[name].on)})
        catalogue.write(store.own_catalogue, own)
        for name in names:
            typer.echo(f"{name}  {'removed' if store.remove(name) else 'was not kept; it is not fetched any more'}")


def export(
    file: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")],
    sign: Annotated[Path | None, typer.Option(help="Ed25519 private key (PEM or OpenSSH).", metavar="KEY")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write all kept feeds into one file, for a computer without a network."""
    from scanner.feeds import bundle, catalogue
    from scanner.feeds.store import Store

    store = Store()
    with sentences(), store.lock():
        if file.exists() and not force:
            raise ValueError(f"{file} is already there; --force overwrites it")
        made = bundle.export(store, file, catalogue.entries(store.own_catalogue), sign)
    signed = "signed" if sign else "not signed"
    typer.echo(f"{len(made.feeds)} feeds, {signed}: {file}")
    for one in made.feeds:
        if one.entry.non_commercial:
            typer.echo(f"{one.entry.id}: its licence ({one.entry.licence}) forbids commercial use", err=True)


def import_(
    file: Annotated[Path, typer.Argument(help="A file that `bridle feeds export` wrote.", metavar="FILE")],
    verify: Annotated[
        Path | None,
        typer.Option(
            help="Take it only if it is signed with this Ed25519 key (public; PEM or OpenSSH).", metavar="KEY"
        ),
    ] = None,
    values: Values = False,
    output_format: Format = options.Format.TEXT,
) -> None:
    """Take the feeds of a file that `bridle feeds export` wrote; nothing of it, if anything in it was changed."""
    from scanner.feeds import bundle
    from scanner.feeds.store import Store

    store = Store()
    with sentences(), store.lock():
        results = list(bundle.take_in(store, file, verify))
        tell(results, output_format, everything=values)
        ended(results)


@contextmanager
def sentences() -> Iterator[None]:
    """What cannot be done is one sentence on standard error, and exit code 2."""
    try:
        yield
    except (ValueError, OSError) as error:
        from scanner.report.plain import printable

        typer.echo(f"bridle: {printable(str(error), 4000)}", err=True)
        raise typer.Exit(COULD_NOT) from None


def watched(results: "Iterable[Result]", total: int) -> "list[Result]":
    """The results as they come, with a bar on standard error where that is a terminal."""
    done: list[Result] = []
    with bar(total) as advance:
        for result in results:
            done.append(result)
            advance(result.id)
    return sorted(done, key=lambda one: one.id)


@contextmanager
def bar(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar by feeds."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("feeds", total=total)
        yield lambda name: shown.update(task, advance=1, description=name)


def tell(results: "list[Result]", form: options.Format, *, everything: bool = False) -> None:
    """Print what became of every feed, and the sum."""
    if form is options.Format.JSON:
        import msgspec

        typer.echo(msgspec.json.format(msgspec.json.encode(results)).decode())
        return
    for result in results:
        for line in lines(result, everything=everything):
            typer.echo(line)
    sums = [
        f"{sum(len(getattr(one.change, what)) for one in results)} {what}" for what in ("added", "removed", "changed")
    ]
    if len(results) > 1:
        typer.echo(f"{len(results)} feeds: {', '.join(sums)}; {', '.join(tally(results))}")


def tally(results: "list[Result]") -> list[str]:
    """How many feeds became what."""
    from scanner.feeds.update import Became

    counts = {what: sum(one.became is what for one in results) for what in Became}
    return [f"{count} {what.value}" for what, count in counts.items() if count]


def lines(result: "Result", *, everything: bool) -> Iterator[str]:
    """What to say of one feed."""
    from scanner.feeds.update import Became
    from scanner.report.plain import printable

    why = f": {'; '.join(printable(one) for one in result.why)}" if result.why else ""
    kept = "" if not result.values else f", {result.values} values" + (" kept" if result.became in UNTAKEN else "")
    yield f"{result.id}  {result.became.value}{kept}{why}"
    if result.became is Became.HELD:
        yield f"    to take it as it is: bridle feeds update --accept {result.id}"
    for family, counts in result.change.families().items():
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        yield f"    {printable(family)}: {told}"
    for sign, found in (("+", result.change.added), ("-", result.change.removed), ("~", result.change.changed)):
        if everything or (result.became in {Became.UPDATED, Became.ACCEPTED} and len(found) <= SHOWN_VALUES):
            yield from (f"    {sign} {item.kind} {printable(item.value)}" for item in found)


UNTAKEN = frozenset({"held back", "failed"})
