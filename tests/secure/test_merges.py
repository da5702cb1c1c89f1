"""Merges and aliases are counted before they multiply."""

from __future__ import annotations

from kubetrial.lint.yaml import source


def problem(text: str) -> str:
    """What is said about the only document of a text."""
    read = source.read("a.yaml", text)
    assert not read.documents
    return read.problems[0][1].message


def test_merges_of_a_wide_mapping_are_counted() -> None:
    wide = "base: &b {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}\n"
    assert "multiply" in problem(wide + "all:\n" + "- {<<: *b}\n" * 2000)


def test_merges_that_double_are_counted() -> None:
    rows = ["a0: &a0 {x: [1, 2, 3, 4]}"]
    rows += [f"a{n}: &a{n} {{l: {{<<: *a{n - 1}}}, r: {{<<: *a{n - 1}}}}}" for n in range(1, 60)]
    assert "multiply" in problem("\n".join(rows) + "\n")


def test_usual_merges_are_read() -> None:
    read = source.read("a.yaml", "base: &b {x: 1}\nall:\n- {<<: *b, z: 2}\n")
    assert read.documents[0].value["all"] == [{"x": 1, "z": 2}]
