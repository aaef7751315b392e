"""Which pages of a damaged SQLite database belong to which table.

First every table's b-tree is followed from its root. A child whose rowids lie outside what its parent promises, or
whose records do not fit the table, is doubtful: a damaged pointer may lead into another table, so it is settled only
when all trees have been walked. Leaf pages that no tree reaches are then given to the one table that lost pages and
fits them.

References:
    https://www.sqlite.org/fileformat2.html#b_tree_pages
    https://www.sqlite.org/fileformat2.html#the_freelist
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .sqlite_cells import sample_cells
from .sqlite_definition import Definition
from .sqlite_pages import (
    TABLE_INTERIOR,
    TABLE_LEAF,
    BtreePage,
    Cell,
    PageFile,
    Problems,
    children,
    parse_page,
    uncovered,
)

_BELOW_ALL, _HIGHEST = -(1 << 63) - 1, (1 << 63) - 1
_MOST_MISSING = 10_000
_SHARE_THAT_FITS = 0.75
_INTERVAL_BONUS = 0.5
_TRUNK_HEADER = 8


@dataclass
class Tree:
    """A table and the pages found for it; `missing` are the rowid intervals (low, high] that were lost."""

    name: str
    root: int
    definition: Definition | None
    leaves: "array[int]" = field(default_factory=lambda: array("I"))
    orphans: "array[int]" = field(default_factory=lambda: array("I"))
    missing: list[tuple[int, int]] = field(default_factory=list)
    depths: set[int] = field(default_factory=set)


class _Claim(NamedTuple):
    tree: Tree
    number: int
    low: int
    high: int
    depth: int


class Forest:
    """Follows the trees of a database; every page is given to at most one of them."""

    def __init__(self, pages: PageFile, problems: Problems) -> None:
        """Read the freelist, whose pages belong to no table."""
        self._pages = pages
        self._problems = problems
        self._taken = bytearray(pages.count + 1)
        self._free = free_pages(pages, problems)
        self._doubtful: list[_Claim] = []

    def walk(self, tree: Tree) -> None:
        """Follow a tree from its root."""
        self._follow(_Claim(tree, tree.root, _BELOW_ALL, _HIGHEST, 0), trusting=False)

    def settle(self, trees: Sequence[Tree]) -> None:
        """Decide about doubtful pages, once all trees have been walked."""
        while self._doubtful:
            claim = self._doubtful.pop()
            page = self.open_leaf(claim.number)
            best = best_tree(sample_cells(self._pages, page), trees) if page else None
            if claim.number in self._free:
                self._lose(claim, "is on the freelist")
            elif best and best is not claim.tree:
                self._lose(claim, "holds rows of another table")
            else:
                self._lose(claim, "is not what its parent promises")
                self._follow(claim, trusting=True)

    def take(self, tree: Tree, number: int) -> None:
        """Give an open page to a tree as one found loose."""
        self._taken[number] = 1
        tree.orphans.append(number)

    def is_open(self, number: int) -> bool:
        """Whether the page belongs to no tree yet and is not on the freelist."""
        return 0 < number <= self._pages.count and not self._taken[number] and number not in self._free

    def adopt(self, trees: Sequence[Tree]) -> None:
        """Give every leaf page that no tree reached to the table it fits, among those that lost pages."""
        for tree in trees:
            if len(tree.depths) > 1:
                # All leaves of a sound tree are equally deep: a damaged pointer has skipped a part of this one.
                self._lose(_Claim(tree, tree.root, _BELOW_ALL, _HIGHEST, 0), "has leaf pages at different depths below")
        losers = [tree for tree in trees if tree.missing]
        lost_rows, lost_pages = 0, 0
        for number in range(1, self._pages.count + 1):
            page = self.open_leaf(number)
            cells = sample_cells(self._pages, page) if page else []
            if not page or not cells:
                continue
            home = best_tree(cells, losers)
            if home:
                self.take(home, number)
            else:
                lost_rows += len(page.pointers)
                lost_pages += 1
        if lost_rows:
            self._problems.add(f"{lost_rows} rows on {lost_pages} pages fit no single damaged table; they are left out")

    def open_leaf(self, number: int) -> BtreePage | None:
        """Return the page if it looks like a table leaf that no tree reached."""
        if not self.is_open(number):
            return None
        try:
            page = parse_page(self._pages, number)
        except ValueError as error:
            self._problems.add(str(error))
            return None
        return page if page.kind == TABLE_LEAF else None

    def _follow(self, start: _Claim, *, trusting: bool) -> None:
        stack = [start]
        while stack:
            claim = stack.pop()
            page = self._page(claim)
            if page is None:
                continue
            cells = sample_cells(self._pages, page) if page.kind != TABLE_INTERIOR else []
            if page.kind != TABLE_INTERIOR and not self._is_leaf(claim, page, cells):
                continue
            if not trusting and (claim.number in self._free or not _belongs(claim, page, cells)):
                self._doubtful.append(claim)
                continue
            self._taken[claim.number] = 1
            if page.kind == TABLE_INTERIOR:
                stack.extend(reversed(self._below(claim, page)))
            else:
                (claim.tree.orphans if trusting else claim.tree.leaves).append(claim.number)
                claim.tree.depths.add(claim.depth)
            trusting = False

    def _page(self, claim: _Claim) -> BtreePage | None:
        if 0 < claim.number <= self._pages.count and self._taken[claim.number]:
            self._lose(claim, "belongs to another part of the database already")
            return None
        try:
            return parse_page(self._pages, claim.number)
        except ValueError as error:
            self._lose(claim, str(error))
            return None

    def _is_leaf(self, claim: _Claim, page: BtreePage, cells: list[Cell]) -> bool:
        if page.kind == TABLE_LEAF and (cells or not page.cells):
            return True
        fits = claim.tree.definition.fits if claim.tree.definition else None
        if cells and fits and all(fits(cell.types) for cell in cells):
            self._problems.add(f"table {claim.tree.name}, page {claim.number}: page type {page.kind:#04x} is damaged")
            return True
        self._lose(claim, f"is no readable page of a table (page type {page.kind:#04x})")
        # Without its pointers the page may still hold rows that can be looked for, or be an interior page in truth.
        return page.kind == TABLE_LEAF and page.damaged_array

    def _below(self, claim: _Claim, page: BtreePage) -> list[_Claim]:
        claims: list[_Claim] = []
        low = claim.low
        named = children(page)
        for child in named:
            claims.append(_Claim(claim.tree, child.number, low, child.key, claim.depth + 1))
            low = child.key
        if page.damaged_array or any(uncovered(page, [child.span for child in named], self._pages.usable)):
            self._lose(claim, "does not name all its children")
        return [*claims, _Claim(claim.tree, page.right, low, claim.high, claim.depth + 1)]

    def _lose(self, claim: _Claim, why: str) -> None:
        self._problems.add(f"table {claim.tree.name}, page {claim.number}: {why}")
        if len(claim.tree.missing) < _MOST_MISSING:
            claim.tree.missing.append((claim.low, claim.high))


def _belongs(claim: _Claim, page: BtreePage, cells: list[Cell]) -> bool:
    if page.kind == TABLE_INTERIOR:
        keys = [child.key for child in children(page)]
        return 2 * sum(claim.low <= key <= claim.high for key in keys) >= len(keys)
    fits = claim.tree.definition.fits if claim.tree.definition else None
    good = sum(claim.low < cell.rowid <= claim.high and (fits is None or fits(cell.types)) for cell in cells)
    return 2 * good >= len(cells)


def best_tree(cells: list[Cell], trees: Sequence[Tree]) -> Tree | None:
    """Return the one table whose declared columns match these records best; None when none or several do."""
    scored = sorted(((_score(cells, tree), index) for index, tree in enumerate(trees)), reverse=True)
    if not scored or scored[0][0] == float("-inf"):
        return None
    if len(scored) > 1 and scored[0][0] == scored[1][0]:
        return None
    return trees[scored[0][1]]


def _score(cells: list[Cell], tree: Tree) -> float:
    if tree.definition is None or tree.definition.without_rowid:
        return float("-inf")
    fitting = [cell for cell in cells if tree.definition.fits(cell.types)]
    if len(fitting) < _SHARE_THAT_FITS * len(cells):
        return float("-inf")
    likeness = sum(tree.definition.likeness(cell.types) for cell in fitting) / len(fitting)
    rowids = [cell.rowid for cell in fitting]
    low, high = min(rowids), max(rowids)
    return likeness + _INTERVAL_BONUS * any(start < low and high <= end for start, end in tree.missing)


def free_pages(pages: PageFile, problems: Problems) -> frozenset[int]:
    """Return the pages on the freelist, or none when the list makes no sense (then they are searched like others)."""
    try:
        head = pages.page(1)
    except ValueError:
        return frozenset()
    found: set[int] = set()
    declared = max(pages.count, int.from_bytes(head[28:32], "big"))
    trunk, expected = int.from_bytes(head[32:36], "big"), int.from_bytes(head[36:40], "big")
    while trunk:
        try:
            data = pages.page(trunk)
        except ValueError:
            # The end of a truncated file cuts the chain; what it named so far is free all the same.
            return frozenset(found) if trunk <= declared else _senseless(problems)
        amount = int.from_bytes(data[4:8], "big")
        if trunk in found or amount > (pages.usable - _TRUNK_HEADER) // 4:
            return _senseless(problems)
        end = min(_TRUNK_HEADER + 4 * amount, len(data) & ~3)
        leaves = [int.from_bytes(data[at : at + 4], "big") for at in range(_TRUNK_HEADER, end, 4)]
        fresh = {trunk, *leaves}
        if len(fresh) != len(leaves) + 1 or fresh & found or not all(1 < leaf <= declared for leaf in fresh):
            return _senseless(problems)
        found |= fresh
        trunk = int.from_bytes(data[:4], "big")
    return frozenset(found) if len(found) == expected else _senseless(problems)


def _senseless(problems: Problems) -> frozenset[int]:
    problems.add("the freelist is damaged; deleted rows may be among the recovered ones")
    return frozenset()
