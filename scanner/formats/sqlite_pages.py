"""The pages of a SQLite database, damaged or not: geometry, b-tree page headers, cells, overflow chains.

References:
    https://www.sqlite.org/fileformat2.html#b_tree_pages
    https://www.sqlite.org/fileformat2.html#cell_payload_overflow_pages
"""

from collections.abc import Iterator
from typing import NamedTuple

from .page_source import PageSource
from .sqlite_record import header_size, read_varint, serial_types, signed

TABLE_LEAF, TABLE_INTERIOR = 0x0D, 0x05
FILE_HEADER = 100
_LEAF_HEADER, _INTERIOR_HEADER = 8, 12
_POINTER = 4
_MOST_PROBLEMS = 2000
_LEAST_CELL = 4
# How often more than once each overflow page may be read before shared chains count as an attack.
_OVERFLOW_REUSE = 2


class Problems:
    """What went wrong, in order and each once; bounded, the rest is counted."""

    def __init__(self) -> None:
        """Start with no problem."""
        self._found: dict[str, None] = {}
        self._more = 0

    def add(self, problem: str) -> None:
        """Keep a sentence that names the place (page N, cell i) and what is wrong there."""
        if len(self._found) < _MOST_PROBLEMS or problem in self._found:
            self._found[problem] = None
        else:
            self._more += 1

    @property
    def listed(self) -> list[str]:
        """All problems so far; the last one says how many were left out, if any were."""
        return [*self._found, f"and {self._more} more problems"] if self._more else list(self._found)


class Geometry(NamedTuple):
    """Page size and usable size in bytes, and the Python codec name of the texts."""

    page_size: int
    usable: int
    encoding: str


class Cell(NamedTuple):
    """A table leaf cell: `payload` may be shorter than the record when its overflow chain is damaged."""

    rowid: int
    payload: bytes
    types: list[int]
    body: int
    start: int
    end: int
    fault: str


class PageFile:
    """Reads pages by number (from 1) and follows overflow chains, within the bounds of the file."""

    def __init__(self, source: PageSource, geometry: Geometry) -> None:
        """Take the geometry as right; see `sqlite_geometry.find_geometry`."""
        self.source = source
        self.page_size, self.usable, self.encoding = geometry
        self.count = -(-source.size // self.page_size)
        self._most_local = self.usable - 35
        self._least_local = (self.usable - 12) * 32 // 255 - 23

    def page(self, number: int) -> bytes:
        """Return the page; the last one of a truncated file is short.

        Raises:
            ValueError: no such page, or the source cannot read it.
        """
        if not 1 <= number <= self.count:
            raise ValueError(f"page {number} is outside the file of {self.count} pages")
        try:
            data = self.source.read((number - 1) * self.page_size, self.page_size)
        except (OSError, ValueError) as error:
            raise ValueError(f"page {number} cannot be read: {error}") from error
        if not data:
            raise ValueError(f"page {number} cannot be read")
        return data

    def local_size(self, total: int) -> int:
        """Return how many bytes of a payload of `total` bytes a table leaf cell holds itself."""
        if total <= self._most_local:
            return total
        local = self._least_local + (total - self._least_local) % (self.usable - _POINTER)
        return local if local <= self._most_local else self._least_local


class OverflowReader:
    """Follows overflow chains; what it reads of pages that chains share is bounded, so hostile files stay linear."""

    def __init__(self, pages: PageFile) -> None:
        """Start with no page read."""
        self._pages = pages
        self._read = bytearray(pages.count + 1)
        self._reuse = _OVERFLOW_REUSE * pages.count

    def follow(self, first: int, amount: int) -> tuple[bytes, str]:
        """Return up to `amount` bytes of the chain from page `first`, and what broke it or an empty string."""
        parts: list[bytes] = []
        room = self._pages.usable - _POINTER
        number, seen = first, set[int]()
        while amount > 0:
            if number in seen:
                return b"".join(parts), f"overflow chain comes back to page {number}"
            seen.add(number)
            try:
                page = self._page(number)
            except ValueError as error:
                return b"".join(parts), f"overflow chain is broken: {error}"
            part = page[_POINTER : _POINTER + min(room, amount)]
            parts.append(part)
            if len(part) < min(room, amount):
                return b"".join(parts), f"overflow page {number} is cut off"
            amount -= len(part)
            number = int.from_bytes(page[:_POINTER], "big")
        return b"".join(parts), "overflow chain is longer than its payload" if number else ""

    def _page(self, number: int) -> bytes:
        page = self._pages.page(number)
        if self._read[number]:
            self._reuse -= 1
            if self._reuse < 0:
                raise ValueError(f"page {number} is shared by too many chains")
        self._read[number] = 1
        return page


class BtreePage(NamedTuple):
    """A b-tree page and its header; `pointers` are the usable cell pointers with their index, each offset once."""

    number: int
    data: bytes
    kind: int
    cells: int
    content: int
    array_end: int
    pointers: list[tuple[int, int]]
    right: int

    @property
    def damaged_array(self) -> bool:
        """Whether the cell-pointer array cannot be right."""
        return len(self.pointers) != self.cells

    @property
    def floor(self) -> int:
        """The lowest offset at which cell content can lie."""
        header = (FILE_HEADER if self.number == 1 else 0) + _LEAF_HEADER
        return header if self.damaged_array else self.array_end


def parse_page(pages: PageFile, number: int) -> BtreePage:
    """Read the b-tree header and the cell-pointer array of a page.

    Raises:
        ValueError: the page cannot be read or is too short for a header.
    """
    data = pages.page(number)
    start = FILE_HEADER if number == 1 else 0
    if len(data) < start + _INTERIOR_HEADER:
        raise ValueError(f"page {number} is cut off")
    kind = data[start]
    count = int.from_bytes(data[start + 3 : start + 5], "big")
    content = int.from_bytes(data[start + 5 : start + 7], "big") or 65_536
    interior = kind == TABLE_INTERIOR
    array = start + (_INTERIOR_HEADER if interior else _LEAF_HEADER)
    array_end = array + 2 * count
    right = int.from_bytes(data[start + 8 : start + 12], "big") if interior else 0
    limit = min(len(data), pages.usable)
    low = array_end if array_end <= limit else array
    offsets: dict[int, int] = {}
    for index in range(min(count, (limit - array) // 2)):
        offset = data[array + 2 * index] << 8 | data[array + 2 * index + 1]
        if low <= offset < limit:
            offsets.setdefault(offset, index)
    pointers = [(index, offset) for offset, index in offsets.items()]
    return BtreePage(number, data, kind, count, content, array_end, pointers, right)


class Child(NamedTuple):
    """A cell of an interior page: the child page, the highest rowid below it, where the cell lies."""

    number: int
    key: int
    span: tuple[int, int]


def children(page: BtreePage) -> list[Child]:
    """Return the children of an interior page that its cells name; the right-most one is `page.right`."""
    found: list[Child] = []
    for _, offset in page.pointers:
        try:
            key, end = read_varint(page.data, offset + _POINTER)
        except ValueError:
            continue
        found.append(Child(int.from_bytes(page.data[offset : offset + _POINTER], "big"), signed(key), (offset, end)))
    return found


def read_cell(pages: PageFile, page: bytes, start: int, overflow: OverflowReader | None, most: int = 32_767) -> Cell:
    """Decode the table leaf cell at `start`; without `overflow` its overflow chain is left alone.

    Raises:
        ValueError: not a consistent cell of at most `most` columns.
    """
    total, at = read_varint(page, start)
    rowid, at = read_varint(page, at)
    if not 1 <= total <= pages.source.size:
        raise ValueError(f"the cell claims a payload of {total} bytes")
    local = pages.local_size(total)
    end = at + local
    if end + (_POINTER if local < total else 0) > min(len(page), pages.usable):
        raise ValueError("the cell runs past the end of its page")
    payload = page[at:end]
    if local == total:
        types, body = serial_types(payload, total, most)
        return Cell(signed(rowid), payload, types, body, start, max(end, start + _LEAST_CELL), "")
    fault = ""
    whole_header = header_size(payload) <= local
    if whole_header:
        types, body = serial_types(payload, total, most)
    if overflow:
        rest, fault = overflow.follow(int.from_bytes(page[end : end + _POINTER], "big"), total - local)
        payload += rest
    if not whole_header:
        types, body = serial_types(payload, total, most)
    return Cell(signed(rowid), payload, types, body, start, end + _POINTER, fault)


def free_blocks(page: BtreePage, usable: int) -> list[tuple[int, int]]:
    """Return the (start, end) of the page's free blocks as far as their chain makes sense."""
    start = FILE_HEADER if page.number == 1 else 0
    at = int.from_bytes(page.data[start + 1 : start + 3], "big")
    blocks: list[tuple[int, int]] = []
    floor = page.floor
    while floor <= at <= min(usable, len(page.data)) - _LEAST_CELL:
        size = int.from_bytes(page.data[at + 2 : at + 4], "big")
        if size < _LEAST_CELL or at + size > usable:
            break
        blocks.append((at, at + size))
        floor = at + size
        at = int.from_bytes(page.data[at : at + 2], "big")
    return blocks


def uncovered(page: BtreePage, covered: list[tuple[int, int]], usable: int) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) stretches of the content area that neither a cell nor a free block covers."""
    limit = min(usable, len(page.data))
    at = page.content if page.floor <= page.content <= limit else min(page.floor, limit)
    for start, end in sorted([*covered, *free_blocks(page, usable)]):
        if start - at >= _LEAST_CELL:
            yield at, start
        at = max(at, end)
    if limit - at >= _LEAST_CELL:
        yield at, limit
