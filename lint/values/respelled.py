"""What to write in place of a text that has not the form which is asked for: the nearest text that has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator


def instead(text: object, form: Callable[[str], str | None], otherwise: str = "write another name") -> str:
    """What to write in place of a text that a form refuses: the text nearest to it that the form takes, in words."""
    written = text if isinstance(text, str) else ""
    for candidate in _candidates(written[:500]):
        if candidate and candidate != written and form(candidate) is None:
            return f"write `{candidate}`"
    return "shorten it" if len(written.encode("utf-8", "surrogatepass")) > 63 and form("a") is None else otherwise


def _candidates(text: str) -> Iterator[str]:
    """Respellings of a text, those that change least first."""
    domain, slash, rest = text.strip().partition("/")
    for bad in (r"[^-A-Za-z0-9_./]+", r"[^-A-Za-z0-9./]+", r"[^-A-Za-z0-9/]+"):
        whole = re.sub(bad, "-", domain + slash + rest.replace("/", "-"))
        parts = [part.strip("-_.") for part in whole.split("/")]
        for form in ("/".join(parts), "-".join(filter(None, parts))):
            for spelled in (form, form.lower()):
                yield spelled
                yield re.sub(r"\.{2,}", ".", spelled)
                yield re.sub("[-_]+", "-", spelled)
