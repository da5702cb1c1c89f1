"""A hook of mkdocs: the start page, the changelog and the guide for contributors are the files at the root of the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}
"""Page of the site -> file at the root."""


def page(name: str) -> str:
    """The text of a file at the root, with links as they lead from the site's top folder."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for made, source in PAGES.items():
        text = text.replace(f"]({source})", f"]({made})")
    return re.sub(r"\]\(docs/", "](", text)


def on_config(config: Any) -> Any:
    """Put pages that the navigation does not name at its end, so that none is only found by the search."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    left = unlisted(text)
    if left:
        config.nav.append({"More": left})
    return config


def unlisted(navigation: str) -> list[str]:
    """The pages of docs/ that a navigation does not name; those of single rules and of API groups are linked from lists."""
    folder = ROOT / "docs"
    pages = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.md"))]
    named = set(re.findall(r": ([a-z/-]+\.md)$", navigation, re.M))
    return [page for page in pages if page not in named and page.partition("/")[0] not in ("rules", "validation")]


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are not kept in docs/."""
    from mkdocs.structure.files import File

    for made, source in PAGES.items():
        files.append(File.generated(config, made, content=page(source)))
    return files
