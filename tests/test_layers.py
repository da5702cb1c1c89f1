"""The contract of the rooms of lint/: a room stands only on those below it, rules see one face, and nothing runs in a circle.

Every import counts: those at the top, lazy ones, and those for type checking.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = (
    ("command",),
    ("engine", "settings", "authoring"),  # authoring is the face for rules: it may name anything that rules may see
    ("trial", "report"),
    ("api", "build", "parallel"),
    ("objects", "files", "rule"),
    ("yaml", "facts", "finding"),
    ("values",),
)
"""The floors of lint/ from the top down; a room imports from itself and from lower floors, never from one beside it."""
FLOOR = {room: floor for floor, rooms in enumerate(LAYERS) for room in rooms}


def _modules() -> dict[str, Path]:
    found = {}
    for folder in ("lint", "rules", "schemas"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(("kubetrial", *path.relative_to(ROOT).with_suffix("").parts))
            found[name.removesuffix(".__init__")] = path
    return found


def _imports(path: Path, modules: dict[str, Path]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports have whole names"
            if node.module is not None:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    found.add(whole if whole in modules else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {name for name in found if name in modules}


@pytest.fixture(scope="module")
def arrows() -> dict[str, set[str]]:
    """Module -> the modules of ours that it imports."""
    modules = _modules()
    return {name: _imports(path, modules) - {name} for name, path in modules.items()}


def _room(module: str) -> str:
    return module.removeprefix("kubetrial.lint.").split(".")[0]


def test_a_room_stands_only_on_what_is_below(arrows: dict[str, set[str]]) -> None:
    wrong = []
    for module, targets in arrows.items():
        if not module.startswith("kubetrial.lint.") or module == "kubetrial.lint.rule":
            continue
        for target in targets:
            if target.startswith("kubetrial.rules."):
                wrong.append(f"{module} imports the rule {target}")
            elif target.startswith("kubetrial.lint.") and _room(target) != _room(module):
                assert _room(module) in FLOOR, f"{module}: give the room a floor"
                assert _room(target) in FLOOR, f"{target}: give the room a floor"
                if FLOOR[_room(target)] <= FLOOR[_room(module)]:
                    wrong.append(f"{module} imports {target}, which stands above or beside it")
    assert wrong == []


def test_the_map_shows_the_floors() -> None:
    """CONTRIBUTING has each room on its floor, the ground being 1."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("| floor |")[2].partition("\n\n")[0]
    shown: dict[str, int] = {}
    floor = 0
    for number, room in re.findall(r"^\|(?: (\d))? \| `([a-z_]+)(?:/|\.py)` \|", text, re.M):
        floor = int(number or floor)
        shown[room] = floor
    assert shown == {room: len(LAYERS) - above for room, above in FLOOR.items()}


def test_no_rule_imports_a_rule(arrows: dict[str, set[str]]) -> None:
    assert [
        f"{module} imports {target}"
        for module, targets in arrows.items()
        if module.startswith("kubetrial.rules.")
        for target in targets
        if target.startswith("kubetrial.rules.")
    ] == []


def test_nothing_runs_in_a_circle(arrows: dict[str, set[str]]) -> None:
    left = {module: set(targets) for module, targets in arrows.items()}
    while free := [module for module, targets in left.items() if not targets]:
        for module in free:
            del left[module]
        for targets in left.values():
            targets.difference_update(free)
    assert sorted(left) == []


def test_a_name_means_one_class() -> None:
    """No two modules call a class the same, private ones included: whoever searches for a name finds what it is."""
    found: dict[str, list[str]] = {}
    for name, path in _modules().items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(name)
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}


def test_few_modules_stand_directly_in_lint() -> None:
    assert len(list((ROOT / "lint").glob("*.py"))) <= 8


def test_no_function_is_long() -> None:
    """At most 50 lines of code; blank lines, comments and docstrings do not count. Ruff holds how branched it may be."""
    assert [
        f"{path.relative_to(ROOT)}: {node.name} has {length} lines"
        for path in _modules().values()
        for source in [path.read_text(encoding="utf-8")]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for length in [_lines_of_code(source.splitlines(), node)]
        if length > 50
    ] == []


def _lines_of_code(rows: list[str], function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    said = {
        number
        for node in ast.walk(function)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and ast.get_docstring(node) is not None
        for number in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    numbered = enumerate(rows[function.lineno - 1 : function.end_lineno], function.lineno)
    return sum(bool(row.strip()) and not row.lstrip().startswith("#") for number, row in numbered if number not in said)
