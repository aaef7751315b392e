"""What becomes of raw values that no record can hold."""

import msgspec
import pytest

from scanner.convert import convert
from scanner.record import MilliTime, Place, Record


class Row(Record):
    """A row with numbers."""

    uid: int | None = None
    pid: int | None = None
    time: MilliTime | None = None
    name: str | None = None


class Numbered(Record):
    """A row that is nothing without its number."""

    number: int


@pytest.mark.parametrize("fits", ["18446744073709551615", -(1 << 63), "12", 12.0])
def test_a_number_of_64_bits_can_be_written(fits: object) -> None:
    row = convert(Row, {"uid": fits, "pid": 1}, lambda *_: pytest.fail("it fits"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=Row) == row
    assert msgspec.json.decode(msgspec.json.encode(row), type=Row) == row


@pytest.mark.parametrize("beyond", ["18446744073709551616", 1 << 64, -(1 << 63) - 1, "9" * 30, 1e30])
def test_a_larger_one_costs_itself_not_its_row(beyond: object) -> None:
    said: list[str] = []
    row = convert(Row, {"uid": beyond, "pid": 1, "place": Place(line=3)}, lambda message, _: said.append(message))
    assert row == Row(pid=1, place=Place(line=3))
    assert said == [f"uid: {beyond!r} does not fit: not a number of 64 bits"]
    msgspec.msgpack.encode(row)
    with pytest.raises(ValueError, match="64 bits"):
        convert(Numbered, {"number": beyond}, lambda *_: None)


@pytest.mark.parametrize("field", ["time", "uid", "name"])
def test_a_number_that_nobody_could_write_out_is_no_failure(field: str) -> None:
    said: list[str] = []
    row = convert(Row, {field: 10**5000, "pid": 1}, lambda message, _: said.append(message))
    assert row == Row(pid=1)
    assert len(said) == 1
    assert said[0].startswith(f"{field}: ")


@pytest.mark.parametrize("time", [10**400, -(10**400), float("inf"), float("nan"), 1 << 63])
def test_a_time_beyond_all_bounds_costs_itself(time: float) -> None:
    assert convert(Row, {"time": time, "pid": 1}, lambda *_: None) == Row(pid=1)
