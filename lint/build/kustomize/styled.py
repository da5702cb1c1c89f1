"""Nodes written as YAML once more in the style in which they were read, comments included: what kyaml does with a text that it changes."""

from __future__ import annotations

from kubetrial.lint.build.emit import scalar_text
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, word, written
from kubetrial.lint.yaml.scalars import scalar


def styled(root: RNode, text: str) -> str:
    """The nodes of a text, some of them changed, as YAML; empty lines go, as they do in kyaml."""
    return "\n".join(_StyledWriter(text).block(root, 0)) + "\n"


class _StyledWriter:
    def __init__(self, text: str) -> None:
        self.text = text
        self.rows = text.split("\n")
        self.told: set[int] = set()

    def block(self, node: RNode, depth: int) -> list[str]:
        """The rows of a mapping or list in block style."""
        space = "  " * depth
        rows: list[str] = []
        if node.kind is MAPPING:
            for name, inner in node.value.items():
                rows += self.above(self.key_line(inner), space)
                rows += self.entry(f"{space}{self.key(name, inner)}:", inner, depth, depth + 1)
        else:
            for item in node.value:
                rows += self.above(self.line(item), space)
                rows += self.item(item, depth)
        return rows

    def item(self, item: RNode, depth: int) -> list[str]:
        space = "  " * depth
        if item.kind is SCALAR or not item.value or self.is_flow(item):
            return self.entry(f"{space}-", item, depth, depth + 1)
        inner = self.block(item, depth + 1)
        return [f"{space}- {inner[0].lstrip()}", *inner[1:]]

    def entry(self, lead: str, value: RNode, depth: int, below: int) -> list[str]:
        """The rows of a key or dash with its value."""
        if value.kind is not SCALAR and value.value and not self.is_flow(value):
            rows = self.block(value, depth if value.kind is LIST else below)
            return [f"{lead}{self.beside(value)}", *rows]
        if value.kind is SCALAR and value.style in ("|", ">") and isinstance(value.value, str):
            return [f"{lead} {self.literal(value.value, below, value.style)}"[:-1]]
        shown = self.flow(value)
        return [f"{lead} {shown}{self.beside(value)}" if shown else f"{lead}{self.beside(value)}"]

    def literal(self, value: str, depth: int, style: str) -> str:
        """A text in a block, with its sign."""
        space = "  " * depth
        end = "" if value.endswith("\n") and not value.endswith("\n\n") else "+" if value.endswith("\n") else "-"
        inner = value.rstrip("\n")
        rows = (inner if style == "|" else inner.replace("\n", "\n\n")).split("\n")
        body = "".join(f"{space}{row}\n" if row else "\n" for row in rows)
        return f"{style}{end}\n{body}"

    def flow(self, node: RNode) -> str:
        """A value on one line."""
        if node.kind is MAPPING:
            return "{" + ", ".join(f"{name}: {self.flow(inner)}" for name, inner in node.value.items()) + "}"
        if node.kind is LIST:
            return "[" + ", ".join(self.flow(item) for item in node.value) + "]"
        if node.tag:
            return f"{node.tag} {node.value}"
        if not isinstance(node.value, str):
            return "" if node.is_empty() else written(node)
        if node.style is None and self.line(node) >= 0 and node.start.line == node.end.line:
            return self.text[node.start.index : node.end.index]
        if node.style == "'":
            return "'" + node.value.replace("'", "''") + "'"
        if node.style == '"':
            return scalar_text(node.value) if scalar_text(node.value).startswith('"') else f'"{node.value}"'
        return node.value if _is_plain(node.value) else scalar_text(node.value)

    def key(self, name: str, inner: RNode) -> str:
        key = inner.key
        return self.text[key[1].index : key[2].index] if key is not None and not key[0].file else name

    def is_flow(self, node: RNode) -> bool:
        return self.line(node) >= 0 and self.text[node.start.index : node.start.index + 1] in ("{", "[")

    def key_line(self, node: RNode) -> int:
        """The line of a node's key in this text."""
        return node.key[1].line if node.key is not None and not node.key[0].file else -1

    def line(self, node: RNode) -> int:
        """The line of a node of this text; of what came from elsewhere, none."""
        return node.start.line if node.start is not None and node.text is not None and not node.text.file else -1

    def above(self, line: int, space: str) -> list[str]:
        """The comments on the lines right above."""
        rows: list[str] = []
        while 0 < line <= len(self.rows) and line - 1 not in self.told:
            row = self.rows[line - 1].strip()
            if not row.startswith("#") and row:
                break
            line -= 1
            self.told.add(line)
            if row:
                rows.insert(0, f"{space}{row}")
        return rows

    def beside(self, node: RNode) -> str:
        """The comment behind a value on its line."""
        line = self.key_line(node) if node.key is not None else self.line(node)
        row = self.rows[line] if 0 <= line < len(self.rows) else ""
        at = row.find(" #")
        return "" if at < 0 or "'" in row[:at] or '"' in row[:at] else f" {row[at + 1 :].rstrip()}"


def _is_plain(text: str) -> bool:
    """Whether a text can stand without quotes."""
    return (
        bool(text)
        and text == text.strip()
        and "\n" not in text
        and scalar(text) == text == word(text)
        and not (text[0] in "-?:,[]{}#&*!|>'\"%@`" or ": " in text or " #" in text or text.endswith(":"))
    )
