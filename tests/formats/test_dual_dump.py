"""Nested dumps of newer services: objects, lists, values, and what is cut or closed too often."""

from scanner.formats.dual_dump import MAX_DEPTH, read

TEXT = """TITLE (dumpsys x):
{
  states=[
    {
      id=0
      roles=[
        {
          name=one
          holders=[
            a.b
            c.d
          ]
        }
        {
          name=two=2
          holders=e.f
        }
      ]
    }
  ]
}"""


def lines(text: str) -> list[tuple[int, str]]:
    return list(enumerate(text.split("\n"), 1))


def test_elements_of_a_list_bear_its_name() -> None:
    root, problem = read(lines(TEXT))
    (state,) = [block for block in root.named("states") if block.get("id")]
    roles = [role for role in state.named("roles") if role.get("name")]
    assert problem == ""
    assert [(role.get("name"), role.texts("holders"), role.line) for role in roles] == [
        ("one", ("a.b", "c.d"), 7),
        ("two=2", ("e.f",), 14),
    ]


def test_the_end_is_missing() -> None:
    root, problem = read(lines(TEXT[:-4]))
    assert problem == "it ends in the middle of an object"
    assert [role.get("name") for role in root.named("roles")][1:] == ["one", "two=2"]


def test_closed_too_often() -> None:
    assert read(lines("{\n}\n}\na=1"))[1] == "line 3: closed what was not open"


def test_nested_too_deeply() -> None:
    assert "nested too deeply" in read(lines("{\n" * (MAX_DEPTH + 9)))[1]


def test_a_key_without_a_value_and_a_value_without_a_key() -> None:
    root, _ = read(lines("a=\nb"))
    assert root.values == [(1, "a", ""), (2, "", "b")]
    assert root.get("missing") is None
