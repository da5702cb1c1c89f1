"""What text goes through on its way into a report: manifests may hold anything, reports must stay readable and safe."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from kubetrial.lint.finding import Finding, Result
from kubetrial.lint.values.printable import encodable as encodable
from kubetrial.lint.values.printable import escaped as escaped
from kubetrial.lint.values.printable import harmless as harmless
from kubetrial.lint.values.printable import one_line as one_line

LEVELS = ("error", "warning", "info")
"""Worst first."""


def shown(result: Result) -> Iterator[Finding]:
    """The findings that are not suppressed."""
    return (finding for finding in result.findings if finding.suppressed is None)


def from_root(file: str, directory: str) -> str:
    """A file's name relative to the repository's root; names of files outside and of `<stdin>` stay as they are."""
    if not directory or is_absolute(file) or file.startswith("<"):
        return file
    return posixpath.normpath(posixpath.join(directory, file))


def is_absolute(file: str) -> bool:
    """Whether a name with `/` is absolute, on Windows too (`C:/x`)."""
    return file.startswith("/") or (file[1:3] == ":/" and file[0].isalpha())
