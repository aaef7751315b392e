"""Page size, reserved bytes and text encoding of a SQLite database, from its header or, failing that, its content.

References:
    https://www.sqlite.org/fileformat2.html#the_database_header
"""

from collections import Counter

from .page_source import PageSource
from .sqlite_pages import TABLE_LEAF, Geometry, PageFile, Problems, parse_page
from .sqlite_record import read_varint

MAGIC = b"SQLite format 3\0"
_PAGE_SIZES = tuple(1 << power for power in range(9, 17))
_ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_BTREE_KINDS = {0x02: 12, 0x05: 12, 0x0A: 8, 0x0D: 8}
_FRACTIONS = b"\x40\x20\x20"
_SAMPLES = 256
_ENOUGH = 0.5
_LEAST_USABLE = 480
_MOST_RESERVED = 255
_AGREEING_PAGES = 3
_HEADER = 100
_LEAF_HEADER, _HEADER_AND_POINTER = 8, 14


def find_geometry(source: PageSource, problems: Problems) -> Geometry:
    """Return page size, usable size and encoding; what the header says is checked against the content.

    Raises:
        ValueError: neither the header nor the content tells a page size: this is no SQLite database.
    """
    try:
        head = source.read(0, 65_536)
    except (OSError, ValueError) as error:
        problems.add(f"page 1: cannot be read: {error}")
        head = b""
    declared = int.from_bytes(head[16:18], "big")
    page_size = 65_536 if declared == 1 else declared
    whole = head.startswith(MAGIC) and head[21:24] == _FRACTIONS
    if not whole or page_size not in _PAGE_SIZES:
        problems.add("page 1: the file header is damaged; the page size was taken from the content")
        page_size = _likely_page_size(source, page_size, int.from_bytes(head[28:32], "big"))
    encoding = _encoding(head, problems)
    reserved = _reserved(source, page_size, head[20] if len(head) >= _HEADER else 0, problems)
    return Geometry(page_size, page_size - reserved, encoding)


def _likely_page_size(source: PageSource, declared: int, pages: int) -> int:
    shares = {size: _btree_share(source, size) for size in _PAGE_SIZES}
    if not any(shares.values()):
        raise ValueError("not a SQLite database: no page of any size looks like part of a b-tree")
    if shares.get(declared) and declared * pages == source.size:
        return declared
    # Every page of a multiple of the true size starts with a sound header too, and of its half every other one does:
    # so neither the share of sound pages nor their number tells, but the product is largest for the true size.
    scores = {size: share * share / size for size, share in shares.items()}
    best = max(scores.values())
    return declared if scores.get(declared, 0.0) > _ENOUGH * best else max(scores, key=lambda size: scores[size])


def _btree_share(source: PageSource, size: int) -> float:
    count = source.size // size
    step = max(1, count // _SAMPLES)
    tried = range(0, count, step)
    return sum(_is_btree(source, number * size, size) for number in tried) / max(1, len(tried))


def _is_btree(source: PageSource, offset: int, size: int) -> bool:
    try:
        head = source.read(offset, size)[_HEADER if not offset else 0 :][:_HEADER_AND_POINTER]
    except (OSError, ValueError):
        return False
    least = _BTREE_KINDS.get(head[0]) if len(head) == _HEADER_AND_POINTER else None
    if least is None:
        return False
    count, content = int.from_bytes(head[3:5], "big"), int.from_bytes(head[5:7], "big") or 65_536
    first_block = int.from_bytes(head[1:3], "big")
    if not count:
        # An empty page says where it ends.
        return size - _MOST_RESERVED <= content <= size and not first_block
    if not least + 2 * count <= content < size or first_block >= size:
        return False
    return content <= int.from_bytes(head[least : least + 2], "big") < size if least == _LEAF_HEADER else True


def _encoding(head: bytes, problems: Problems) -> str:
    declared = _ENCODINGS.get(int.from_bytes(head[56:60], "big"))
    # Big-endian text read one byte later is little-endian text, not the other way round: so it wins a tie.
    counts = {name: head.upper().count("CREATE ".encode(name)) for name in ("utf-8", "utf-16-be", "utf-16-le")}
    seen = max(counts, key=lambda name: counts[name]) if any(counts.values()) else declared
    if declared != seen or not seen:
        problems.add(f"page 1: the text encoding in the file header is damaged; taken to be {seen or 'utf-8'}")
    return seen or "utf-8"


def _reserved(source: PageSource, page_size: int, declared: int, problems: Problems) -> int:
    """Check the reserved bytes at the end of each page against where the last cells of leaf pages end."""
    pages = PageFile(source, Geometry(page_size, page_size, "utf-8"))
    ends: Counter[int] = Counter()
    for number in range(1, pages.count + 1, max(1, pages.count // _SAMPLES)):
        end = _last_cell_end(pages, number)
        if end:
            ends[page_size - end] += 1
    if page_size - declared < _LEAST_USABLE:
        declared = 0
    if not ends or declared == min(ends):
        return declared
    usual, agreeing = ends.most_common(1)[0]
    if declared < min(ends) and (agreeing < _AGREEING_PAGES or usual != min(ends)):
        return declared
    found = usual if agreeing >= _AGREEING_PAGES else min(ends)
    found = found if page_size - found >= _LEAST_USABLE else 0
    if found != declared:
        problems.add(f"page 1: the header reserves {declared} bytes of each page, the content {found}; {found} taken")
    return found


def _last_cell_end(pages: PageFile, number: int) -> int:
    try:
        page = parse_page(pages, number)
        if page.kind != TABLE_LEAF or page.damaged_array or not page.pointers:
            return 0
        at = max(offset for _, offset in page.pointers)
        total, body = read_varint(page.data, at)
        _, body = read_varint(page.data, body)
    except ValueError:
        return 0
    surely_local = max(_LEAST_USABLE, pages.page_size - 255) - 35
    end = body + total
    return end if total <= surely_local and end <= len(page.data) and len(page.data) == pages.page_size else 0
