"""`bridle feeds`: the indicators that a scan looks for."""

import typer

from scanner.cli import options

app = typer.Typer(help="The indicators that a scan looks for.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def common() -> None:
    """The indicators that a scan looks for."""


@app.command("list")
def list_feeds(feeds: options.Feeds = None, no_default_feeds: options.NoDefaultFeeds = False) -> None:
    """List the feeds that a scan with these options would use, with what is wrong with them."""
    from scanner.report.plain import printable
    from scanner.scan import Request, compiled, load_feeds

    loaded = load_feeds(Request(paths=(), feeds=tuple(feeds or ()), default_feeds=not no_default_feeds))
    compiled(loaded)
    for feed in loaded:
        facts = feed.facts
        yara = f", {len(feed.yara)} YARA sources" if feed.yara else ""
        typer.echo(
            f"{facts.id}  {facts.indicators} indicators{yara}, {facts.age_days} days old  {printable(facts.path)}"
        )
        if facts.unsupported:
            typer.echo(f"    {facts.unsupported} entries cannot be matched by this version")
        for problem in facts.problems:
            typer.echo(f"    {printable(str(problem.row or ''))} {printable(problem.message)}")
