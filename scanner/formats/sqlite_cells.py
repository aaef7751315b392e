"""The rows on one table leaf page: each cell on its own, and cells whose pointers are lost.

References:
    https://www.sqlite.org/fileformat2.html#b_tree_pages
"""

from collections.abc import Iterator

from .sqlite_definition import Definition
from .sqlite_pages import BtreePage, Cell, OverflowReader, PageFile, Problems, read_cell, uncovered
from .sqlite_record import Value, read_values

_MOST_COLUMNS = 32_767
_SAMPLE = 16
_SCAN_EFFORT = 2_000_000
_LEAST_CELL = 4


class LeafReader:
    """Reads the cells of table leaf pages; one reader per pass over a table, for overflow pages are metered."""

    def __init__(self, pages: PageFile, problems: Problems, definition: Definition | None) -> None:
        """Take the definition, if known, to tell lost cells from stray bytes."""
        self._pages = pages
        self._problems = problems
        self._definition = definition
        self._overflow = OverflowReader(pages)

    def cells(self, page: BtreePage) -> Iterator[tuple[Cell, bool]]:
        """Yield (cell, whether its pointer was lost and it was found by looking) of a table leaf page."""
        covered: list[tuple[int, int]] = []
        room, whole = self._pages.usable, not page.damaged_array
        if not whole:
            self._problems.add(f"page {page.number}: the cell-pointer array is damaged")
        for index, offset in page.pointers:
            try:
                cell = read_cell(self._pages, page.data, offset, self._overflow)
            except ValueError as error:
                self._problems.add(f"page {page.number}, cell {index}: {error}")
                continue
            room -= cell.end - cell.start
            if room < 0:
                self._problems.add(f"page {page.number}, cell {index}: the cells overlap; the rest is left out")
                return
            if cell.fault:
                self._problems.add(f"page {page.number}, cell {index}: {cell.fault}")
            covered.append((cell.start, cell.end))
            yield cell, False
        if self._definition:
            yield from self._lost(page, covered, self._definition)

    def _lost(
        self, page: BtreePage, covered: list[tuple[int, int]], definition: Definition
    ) -> Iterator[tuple[Cell, bool]]:
        # With a sound pointer array a lost cell can only start where the cell before it ends; with a damaged one
        # anywhere. The effort is bounded, since hostile content can make every attempt long.
        tries = _SCAN_EFFORT // (len(definition.stored) + 1)
        for start, end in uncovered(page, covered, self._pages.usable):
            at = start
            while at <= end - _LEAST_CELL and tries > 0:
                tries -= 1
                cell = self._try(page, at, definition)
                if cell and cell.end <= end:
                    self._problems.add(f"page {page.number}: a cell without a pointer at byte {at} of the page")
                    yield cell, True
                    at = cell.end
                elif page.damaged_array:
                    at += 1
                else:
                    break

    def _try(self, page: BtreePage, at: int, definition: Definition) -> Cell | None:
        try:
            cell = read_cell(self._pages, page.data, at, None, len(definition.stored))
            if not cell.types or not definition.fits(cell.types):
                return None
            return read_cell(self._pages, page.data, at, self._overflow)
        except ValueError:
            return None


def sample_cells(pages: PageFile, page: BtreePage) -> list[Cell]:
    """Return some cells of a page that may be a table leaf, spread over it, the first and the last among them.

    Only what lies on the page itself is read: the payloads of large records are short.
    """
    step = max(1, len(page.pointers) // _SAMPLE)
    chosen = page.pointers[::step]
    if page.pointers and chosen[-1] != page.pointers[-1]:
        chosen.append(page.pointers[-1])
    found: list[Cell] = []
    for _, offset in chosen:
        try:
            found.append(read_cell(pages, page.data, offset, None, _MOST_COLUMNS))
        except ValueError:
            continue
    return found


class RowMaker:
    """Turns records into rows of a definition: defaults for columns added later, the rowid for its alias."""

    def __init__(self, definition: Definition | None, encoding: str) -> None:
        """Without a definition the rows are the bare values of the records."""
        self._encoding = encoding
        stored = definition.stored if definition else ()
        columns = definition.columns if definition else ()
        self._defaults: list[Value] = [column.default for column in stored]
        self._aliases = [index for index, column in enumerate(stored) if column.rowid_alias]
        self._reals = [index for index, column in enumerate(stored) if column.affinity == "REAL"]
        self._virtual = [index for index, column in enumerate(columns) if not column.stored]

    def row(self, cell: Cell) -> list[Value]:
        """Return the values of the declared columns, in declared order."""
        values = read_values(cell.payload, cell.types, cell.body, self._encoding)
        if not self._defaults:
            return values
        known = len(self._defaults)
        if len(values) != known:
            values = values[:known] + self._defaults[len(values) :]
        for index in self._aliases:
            if values[index] is None:
                values[index] = cell.rowid
        for index in self._reals:
            value = values[index]
            # Whole numbers in REAL columns are stored as integers to save space.
            values[index] = float(value) if isinstance(value, int) else value
        for index in self._virtual:
            values.insert(index, None)
        return values
