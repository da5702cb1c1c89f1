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


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are not kept in docs/."""
    from mkdocs.structure.files import File

    for made, source in PAGES.items():
        files.append(File.generated(config, made, content=page(source)))
    return files
