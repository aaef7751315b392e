"""Rows out of a SQLite database that SQLite itself will not read any more, page by page.

What is recovered is evidence that somebody has to weigh: every row says whether it hangs in its table's b-tree or was
found loose (`orphan`); loose rows may be older states or deleted rows. What is committed to a `-wal` file but not yet
in the database is there when it is read through `wal.WithLog`. Pages on the freelist are not searched, unless the
freelist itself is damaged.

References:
    https://www.sqlite.org/fileformat2.html
"""

from collections.abc import Iterator
from typing import NamedTuple

from .page_source import PageSource
from .sqlite_cells import LeafReader, RowMaker, sample_cells
from .sqlite_definition import Column, Definition, read_definition
from .sqlite_geometry import find_geometry
from .sqlite_pages import PageFile, Problems, parse_page
from .sqlite_record import Value
from .sqlite_tree import Forest, Tree

Row = tuple[int, list[Value], bool]
_MOST_ENTRIES = 10_000
_LONGEST_SQL = 1 << 20
_SCHEMA_TYPES = frozenset({"table", "index", "view", "trigger"})
_SCHEMA = Definition(
    (
        Column("type", "TEXT", not_null=True),
        Column("name", "TEXT", not_null=True),
        Column("tbl_name", "TEXT", not_null=True),
        Column("rootpage", "INTEGER"),
        Column("sql", "TEXT"),
    )
)


class SchemaEntry(NamedTuple):
    """A row of sqlite_schema; `sql` is empty for automatic indexes, `rootpage` 0 for what has no b-tree."""

    type: str
    name: str
    table: str
    sql: str
    rootpage: int


class Salvage:
    """What can be read of a damaged database; made by `salvage`."""

    def __init__(self, pages: PageFile, problems: Problems) -> None:
        """Read the schema and find the pages of every table; rows are read only when asked for."""
        self._pages = pages
        self._problems = problems
        self._forest = Forest(pages, problems)
        self.schema = self._read_schema()
        self._trees = self._plant()
        for tree in self._trees.values():
            self._forest.walk(tree)
        self._forest.settle(list(self._trees.values()))
        self._forest.adopt(list(self._trees.values()))

    @property
    def problems(self) -> list[str]:
        """What went wrong so far; reading rows adds to it."""
        return self._problems.listed

    @property
    def tables(self) -> list[str]:
        """The names of the tables whose rows can be asked for, in schema order."""
        return list(self._trees)

    def definition(self, table: str) -> Definition | None:
        """Return the declared columns of a table; None when its CREATE statement cannot be made out.

        Raises:
            ValueError: no such table.
        """
        return self._tree(table).definition

    def rows(self, table: str) -> Iterator[Row]:
        """Yield (rowid, values of the declared columns, orphan) of a table.

        Rows that hang in the b-tree come first, in its order. Without a definition the values are those of the record.

        Raises:
            ValueError: no such table.
        """
        tree = self._tree(table)
        reader = LeafReader(self._pages, self._problems, tree.definition)
        maker = RowMaker(tree.definition, self._pages.encoding)
        most = len(tree.definition.stored) if tree.definition else 0
        # Of loose pages with the same rows, one out of the log is the later state.
        logged = getattr(self._pages.source, "logged", ())
        loose = sorted(tree.orphans, key=lambda number: number not in logged)
        for numbers, orphan in ((tree.leaves, False), (loose, True)):
            for number in numbers:
                try:
                    page = parse_page(self._pages, number)
                except ValueError as error:
                    self._problems.add(str(error))
                    continue
                for cell, lost in reader.cells(page):
                    if most and len(cell.types) > most:
                        self._problems.add(f"page {number}: the row {cell.rowid} has more columns than {table}")
                    yield cell.rowid, maker.row(cell), orphan or lost

    def _tree(self, table: str) -> Tree:
        if table not in self._trees:
            raise ValueError(f"no table {table!r} in the salvaged schema")
        return self._trees[table]

    def _read_schema(self) -> list[SchemaEntry]:
        tree = Tree("sqlite_schema", 1, _SCHEMA)
        self._forest.walk(tree)
        self._forest.settle([tree])
        if tree.missing:
            self._problems.add("the schema is damaged: CREATE statements may be missing")
            self._find_loose_schema(tree)
        reader, maker = LeafReader(self._pages, self._problems, _SCHEMA), RowMaker(_SCHEMA, self._pages.encoding)
        entries: dict[SchemaEntry, None] = {}
        for number in (*tree.leaves, *tree.orphans):
            for cell, _ in reader.cells(parse_page(self._pages, number)):
                entry = _entry(maker.row(cell))
                if entry:
                    entries[entry] = None
                else:
                    self._problems.add(f"page {number}: the schema entry {cell.rowid} is damaged and left out")
                if len(entries) > _MOST_ENTRIES:
                    self._problems.add(f"the schema has more than {_MOST_ENTRIES} entries; the rest is left out")
                    return list(entries)
        return list(entries)

    def _find_loose_schema(self, tree: Tree) -> None:
        maker = RowMaker(_SCHEMA, self._pages.encoding)
        for number in range(1, self._pages.count + 1):
            page = self._forest.open_leaf(number)
            cells = sample_cells(self._pages, page) if page else []
            if cells and all(_SCHEMA.fits(cell.types) and _entry(maker.row(cell)) for cell in cells):
                self._forest.take(tree, number)

    def _plant(self) -> dict[str, Tree]:
        trees: dict[str, Tree] = {}
        for entry in self.schema:
            if entry.type != "table":
                continue
            if entry.sql.lstrip()[:14].upper() == "CREATE VIRTUAL":
                self._problems.add(f"virtual table {entry.name} not salvaged")
            elif entry.name in trees:
                self._problems.add(f"table {entry.name} is in the schema twice; the first entry is taken")
            else:
                definition = self._define(entry)
                if not (definition and definition.without_rowid):
                    trees[entry.name] = Tree(entry.name, entry.rootpage, definition)
        return trees

    def _define(self, entry: SchemaEntry) -> Definition | None:
        try:
            definition, refusal = read_definition(entry.sql)
        except ValueError as error:
            self._problems.add(f"table {entry.name}: {error}")
            return None
        if refusal and not entry.name.startswith("sqlite_"):
            self._problems.add(f"table {entry.name}: its CREATE statement is refused ({refusal}); names were cut out")
        if definition.without_rowid:
            self._problems.add(f"WITHOUT ROWID table {entry.name} not salvaged")
        return definition


def _entry(values: list[Value]) -> SchemaEntry | None:
    kind, name, table, root, sql = (*values, None, None, None, None, None)[:5]
    if kind not in _SCHEMA_TYPES or not isinstance(name, str) or not isinstance(table, str):
        return None
    rootpage = root if isinstance(root, int) else 0
    return SchemaEntry(str(kind), name, table, sql[:_LONGEST_SQL] if isinstance(sql, str) else "", rootpage)


def salvage(source: PageSource) -> Salvage:
    """Find what can still be read of a damaged database.

    All pages are read once here and those of a table again by `Salvage.rows`; only a page and a record are held.

    Raises:
        ValueError: nothing in the file looks like a SQLite database.
    """
    if not source.size:
        raise ValueError("an empty file is no SQLite database")
    problems = Problems()
    return Salvage(PageFile(source, find_geometry(source, problems)), problems)
