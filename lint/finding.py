"""What kubetrial has to say: a finding, its place, and the parts that reports show."""

from __future__ import annotations

from enum import Enum

from kubetrial.lint.values.places import Edit as Edit
from kubetrial.lint.values.places import Fix as Fix
from kubetrial.lint.values.places import Position as Position
from kubetrial.lint.values.places import Range as Range
from kubetrial.lint.values.records import dataclass, field


class Category(str, Enum):
    """What a finding claims; the category alone gives the level and whether its rules are on by default."""

    REJECTED = "rejected"
    BROKEN = "broken"
    RISKY = "risky"
    SECURITY = "security"
    ADVICE = "advice"

    @property
    def level(self) -> str:
        """`error`, `warning` or `info`."""
        return _LEVELS[self._value_]  # `value` is looked up by a descriptor each time

    @property
    def on_by_default(self) -> bool:
        """Security and advice are reported only when they are selected."""
        return self not in (Category.SECURITY, Category.ADVICE)


_LEVELS = {"rejected": "error", "broken": "error", "risky": "warning", "security": "warning", "advice": "info"}


REFUSED = "the API server refuses the object; nothing of it is applied"
"""The consequence of rejected findings, where they name no other."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """The Kubernetes object that a finding is about; empty strings where the manifest does not say."""

    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        """`CronJob shop/backup`, as reports show it."""
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {name}".strip()

    def fits(self, pattern: str) -> bool:
        """Whether `Kind`, `Kind/name` or `Kind/namespace/name` means the object; `*` stands for any part."""
        from fnmatch import fnmatchcase

        parts = pattern.split("/")
        own = (self.kind, self.namespace, self.name) if len(parts) > 2 else (self.kind, self.name)
        return len(parts) <= 3 and all(fnmatchcase(text, part) for text, part in zip(own, parts, strict=False))


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains the finding, such as the Service whose name does not match."""

    message: str
    file: str
    range: Range


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong at one place.

    `file` is relative to the working directory with `/`; `document` is the index of the document in its file from 0
    (documents of comments only are not counted); `path` is the field as the API server writes it.
    """

    rule: str
    category: Category
    message: str
    file: str
    range: Range
    level: str = ""
    document: int = 0
    consequence: str = ""
    help: str = ""
    object: ObjectRef = ObjectRef()
    path: str = ""
    related: tuple[Related, ...] = ()
    trace: tuple[str, ...] = ()
    fix: Fix | None = None
    template: str = ""  # of a rendered stream: the template that its `# Source:` comment names
    unit: str = ""  # of a built object: the unit that it is part of
    each: tuple[
        Finding, ...
    ] = ()  # of what is said of several values at once: the same of each, where an ignore parts them
    minors: tuple[int, ...] = ()  # of several that judge: those in which it holds, where that is not all of them
    suppressed: str | None = None  # the reason of the ignore that silences it
    ordinal: int = field(
        default=0, compare=False
    )  # counts findings that are alike in everything that the fingerprint sees

    def __post_init__(self) -> None:
        """The level follows from the category unless it is given (internal errors)."""
        if not self.level:
            object.__setattr__(self, "level", self.category.level)

    @property
    def about(self) -> tuple[str, int]:
        """The unit or file, and the number in it, of the document that it is about; it stands in a source of that."""
        return self.unit or self.file, self.document

    @property
    def fingerprint(self) -> str:
        """Stable over moved lines: rule, file, object and field, and a counter for equals."""
        return self.identity(self.file)

    def identity(self, file: str) -> str:
        """The fingerprint that the finding has where its file is called `file`, such as from another folder."""
        parts = (self.rule, file, self.object.api_version, str(self.object), self.path, str(self.ordinal))
        import hashlib  # OpenSSL comes with it; few reports name fingerprints

        return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document that was checked: what JUnit shows as a passing case when nothing was found in it."""

    file: str
    document: int
    object: ObjectRef
    line: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What was checked and what was not; counts of findings are of those that are not suppressed."""

    files: int = 0
    documents: int = 0
    skipped: dict[str, int] = field(default_factory=dict)  # reason -> how many files or documents
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    suppressed: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a report needs: sorted findings, the checked documents, the texts for excerpts, the summary.

    `sources` maps a file's name to its text; `fixable` counts findings with a fix.
    """

    findings: tuple[Finding, ...]
    documents: tuple[CheckedDocument, ...]
    summary: Summary
    sources: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # said once to people: templates that were left alone, kinds without a schema
    internal_error: bool = False
