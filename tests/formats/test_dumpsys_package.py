"""Blocks of the package service's dump."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.dumpsys_package import HEADER, Block, Blocks, bracketed, hashes
from scanner.formats.indented import pairs


def read(text: str) -> list[Block]:
    """All blocks of a text."""
    blocks = Blocks()
    found = [blocks.feed(number, line) for number, line in enumerate(text.split("\n"), 1)]
    return [block for block in (*found, blocks.end()) if block is not None]


def test_a_block_goes_on_behind_an_empty_line_and_an_unindented_one() -> None:
    (block,) = read(f"{HEADER}a] (1):\n    appId=1\n\n    versionName=2\nlib overlay paths:\n    packageSource=3")
    assert block.package.facts == {"appId": "1", "versionName": "2", "packageSource": "3"}


def test_what_stands_behind_an_archived_app_is_its_own_line() -> None:
    state = "ArchiveState { title = two\nlines, archiveTimeMillis = 5 }"
    one, two = read(f"{HEADER}a] (1):\n    User 0: installed=true\n{state}{HEADER}b] (2):\n    appId=2")
    assert (one.users[0].archived, two.name, two.package.facts) == (5, "b", {"appId": "2"})


def test_facts_belong_to_the_user_above_them() -> None:
    (block,) = read(
        f"{HEADER}a] (1):\n    appId=1\n    User 0: enabled=0\n      installReason=4\n    User 95: enabled=3"
    )
    assert [(state.user, state.facts) for state in block.users] == [
        (0, {"enabled": "0", "installReason": "4"}),
        (95, {"enabled": "3"}),
    ]


def test_a_list_ends_where_the_indentation_does() -> None:
    (block,) = read(f"{HEADER}a] (1):\n    requested permissions:\n      one\n      appId=7\n    appId=1")
    assert block.package.all("requested") == ["one", "appId=7"]
    assert block.package.facts == {"appId": "1"}


def test_hashes_of_signers() -> None:
    both = "PackageSignatures{b5 version:2, signatures:[1f2e3d4, d7f1f224], past signatures:[b4addb29 flags: 17]}"
    assert hashes(both) == (("01f2e3d4", "d7f1f224"), ("b4addb29",))
    assert hashes("PackageSignatures{b5 version:0, signatures:[], past signatures:[]}") == ((), ())


def test_before_android_9_the_numbers_are_no_hashes() -> None:
    assert hashes("PackageSignatures{4059a9b8 [405a6ed8]}") == ((), ())


def test_values() -> None:
    assert bracketed("[ SYSTEM HAS_CODE ]") == ("SYSTEM", "HAS_CODE")
    assert pairs("a=1 b c=") == {"a": "1", "c": ""}


LINES = [
    f"{HEADER}a] (1):", f"{HEADER}", "    User 0: installed=true", "    User x:", "", " ", "    runtime permissions:",
    "        p: granted=true, flags=[", "ArchiveState {", f"ArchiveState {{ }}{HEADER}b] (2):", "}    User 5: a=b",
    "lib overlay paths:", "    appId=", "=", ":", "    signatures=signatures:[", "Packages",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_whatever_the_order_of_lines_every_header_gives_a_block(lines: list[str]) -> None:
    found = read("\n".join(lines))
    assert len(found) == sum(HEADER in line for line in lines)
