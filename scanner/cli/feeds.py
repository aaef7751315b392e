"""`bridle feeds`: the indicators that a scan looks for."""

import typer

from scanner.cli import feeds_check, feeds_show, feeds_store

app = typer.Typer(help="The indicators that a scan looks for.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def common() -> None:
    """The indicators that a scan looks for."""


app.command("list")(feeds_show.list_feeds)
app.command()(feeds_show.show)
app.command()(feeds_check.diff)
app.command()(feeds_check.lint)
app.command()(feeds_check.doctor)
app.command()(feeds_store.update)
app.command()(feeds_store.add)
app.command()(feeds_store.remove)
app.command()(feeds_store.export)
app.command("import")(feeds_store.import_)
