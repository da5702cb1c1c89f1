"""The functions of CEL as the API server has it, as data: one signature a line, read when CEL first occurs.

Follows cel-go's standard library, its extensions for strings, lists, sets and two-variable comprehensions, and
k8s.io/apiserver/pkg/cel/library. The letters A, B, K, T and V stand for any type.
"""

from __future__ import annotations

import functools

from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class CelType:
    """A type: `list(string)` is Type("list", (Type("string"),)); a kind of its own such as `kubernetes.URL` is a struct."""

    name: str
    of: tuple[CelType, ...] = ()
    kind: str = ""  # "" for what CEL itself has, else struct, opaque or param

    def __str__(self) -> str:
        return self.name + (f"({', '.join(str(part) for part in self.of)})" if self.of else "")


DYN, ANY, ERROR, NULL = CelType("dyn"), CelType("any"), CelType("error"), CelType("null_type")
BOOL, INT, UINT, DOUBLE, STRING, BYTES = (
    CelType("bool"),
    CelType("int"),
    CelType("uint"),
    CelType("double"),
    CelType("string"),
    CelType("bytes"),
)
TIMESTAMP, DURATION = CelType("timestamp"), CelType("duration")
OPTIONAL = "optional_type"

_NAMES = {
    "Quantity": CelType("kubernetes.Quantity", (), "struct"),
    "URL": CelType("kubernetes.URL", (), "struct"),
    "Semver": CelType("kubernetes.Semver", (), "struct"),
    "Format": CelType("kubernetes.NamedFormat", (), "struct"),
    "IP": CelType("net.IP", (), "opaque"),
    "CIDR": CelType("net.CIDR", (), "opaque"),
    "Authorizer": CelType("kubernetes.authorization.Authorizer", (), "struct"),
    "PathCheck": CelType("kubernetes.authorization.PathCheck", (), "struct"),
    "GroupCheck": CelType("kubernetes.authorization.GroupCheck", (), "struct"),
    "ResourceCheck": CelType("kubernetes.authorization.ResourceCheck", (), "struct"),
    "Decision": CelType("kubernetes.authorization.Decision", (), "struct"),
}


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function: its arguments (of a member, the target first), and what it returns."""

    member: bool
    args: tuple[CelType, ...]
    result: CelType
    generic: bool


_STANDARD = """
_?_:_(bool, A, A) A
_&&_(bool, bool) bool
_||_(bool, bool) bool
!_(bool) bool
_==_(A, A) bool
_!=_(A, A) bool
_+_(bytes, bytes) bytes
_+_(double, double) double
_+_(duration, duration) duration
_+_(duration, timestamp) timestamp
_+_(timestamp, duration) timestamp
_+_(int, int) int
_+_(list(A), list(A)) list(A)
_+_(string, string) string
_+_(uint, uint) uint
_/_(double, double) double
_/_(int, int) int
_/_(uint, uint) uint
_%_(int, int) int
_%_(uint, uint) uint
_*_(double, double) double
_*_(int, int) int
_*_(uint, uint) uint
-_(double) double
-_(int) int
_-_(double, double) double
_-_(duration, duration) duration
_-_(int, int) int
_-_(timestamp, duration) timestamp
_-_(timestamp, timestamp) duration
_-_(uint, uint) uint
_[_](list(A), int) A
_[_](map(A, B), A) B
_[_](optional(list(V)), int) optional(V)
_[_](optional(map(K, V)), K) optional(V)
_[?_](list(V), int) optional(V)
_[?_](optional(list(V)), int) optional(V)
_[?_](map(K, V), K) optional(V)
_[?_](optional(map(K, V)), K) optional(V)
@in(A, list(A)) bool
@in(A, map(A, B)) bool
size(bytes) int
size(list(A)) int
size(map(A, B)) int
size(string) int
bytes.size() int
list(A).size() int
map(A, B).size() int
string.size() int
type(A) type(A)
bool(bool) bool
bool(string) bool
bytes(bytes) bytes
bytes(string) bytes
double(double) double
double(int) double
double(string) double
double(uint) double
duration(duration) duration
duration(string) duration
dyn(A) dyn
int(int) int
int(double) int
int(duration) int
int(string) int
int(timestamp) int
int(uint) int
string(string) string
string(bool) string
string(bytes) string
string(double) string
string(duration) string
string(int) string
string(timestamp) string
string(uint) string
timestamp(timestamp) timestamp
timestamp(int) timestamp
timestamp(string) timestamp
uint(uint) uint
uint(double) uint
uint(int) uint
uint(string) uint
string.contains(string) bool
string.endsWith(string) bool
string.startsWith(string) bool
matches(string, string) bool
string.matches(string) bool
duration.getHours() int
duration.getMinutes() int
duration.getSeconds() int
duration.getMilliseconds() int
optional.of(V) optional(V)
optional.ofNonZeroValue(V) optional(V)
optional.none() optional(V)
optional.unwrap(list(optional(V))) list(V)
optional(V).value() V
optional(V).hasValue() bool
optional(V).or(optional(V)) optional(V)
optional(V).orValue(V) V
list(optional(V)).unwrapOpt() list(V)
list(V).first() optional(V)
list(V).last() optional(V)
string.charAt(int) string
string.indexOf(string) int
string.indexOf(string, int) int
string.lastIndexOf(string) int
string.lastIndexOf(string, int) int
string.lowerAscii() string
string.upperAscii() string
string.replace(string, string) string
string.replace(string, string, int) string
string.split(string) list(string)
string.split(string, int) list(string)
string.substring(int) string
string.substring(int, int) string
string.trim() string
list(string).join() string
list(string).join(string) string
url(string) URL
isURL(string) bool
URL.getScheme() string
URL.getHost() string
URL.getHostname() string
URL.getPort() string
URL.getEscapedPath() string
URL.getQuery() map(string, list(string))
string.find(string) string
string.findAll(string) list(string)
string.findAll(string, int) list(string)
list(A).indexOf(A) int
list(A).lastIndexOf(A) int
"""

_FORMATS = (
    "dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix", "dns1123SubdomainPrefix",
    "dns1035LabelPrefix", "labelValue", "uri", "uuid", "byte", "date", "datetime",
)  # fmt: skip

# Libraries that came later: (the first minor whose API server lets new expressions use them, signatures).
_LATER = (
    (28, """
Authorizer.path(string) PathCheck
Authorizer.group(string) GroupCheck
Authorizer.serviceAccount(string, string) Authorizer
GroupCheck.resource(string) ResourceCheck
ResourceCheck.subresource(string) ResourceCheck
ResourceCheck.namespace(string) ResourceCheck
ResourceCheck.name(string) ResourceCheck
PathCheck.check(string) Decision
ResourceCheck.check(string) Decision
Decision.errored() bool
Decision.error() string
Decision.allowed() bool
Decision.reason() string
"""),
    (29, """
quantity(string) Quantity
isQuantity(string) bool
sign(Quantity) int
Quantity.isGreaterThan(Quantity) bool
Quantity.isLessThan(Quantity) bool
Quantity.compareTo(Quantity) int
Quantity.asApproximateFloat() double
Quantity.asInteger() int
Quantity.isInteger() bool
Quantity.add(Quantity) Quantity
Quantity.add(int) Quantity
Quantity.sub(Quantity) Quantity
Quantity.sub(int) Quantity
"""),
    (30, """
string.format(list(dyn)) string
strings.quote(string) string
sets.contains(list(T), list(T)) bool
sets.equivalent(list(T), list(T)) bool
sets.intersects(list(T), list(T)) bool
"""),
    (31, """
ip(string) IP
isIP(string) bool
ip.isCanonical(string) bool
IP.family() int
IP.isUnspecified() bool
IP.isLoopback() bool
IP.isLinkLocalMulticast() bool
IP.isLinkLocalUnicast() bool
IP.isGlobalUnicast() bool
string(IP) string
cidr(string) CIDR
isCIDR(string) bool
CIDR.containsIP(string) bool
CIDR.containsIP(IP) bool
CIDR.containsCIDR(string) bool
CIDR.containsCIDR(CIDR) bool
CIDR.ip() IP
CIDR.prefixLength() int
CIDR.masked() CIDR
string(CIDR) string
"""),
    (32, """
Format.validate(string) optional(list(string))
format.named(string) optional(Format)
ResourceCheck.fieldSelector(string) ResourceCheck
ResourceCheck.labelSelector(string) ResourceCheck
"""),
    (32, "\n".join(f"format.{name}() Format" for name in _FORMATS)),
    (33, """
cel.@mapInsert(map(K, V), K, V) map(K, V)
cel.@mapInsert(map(K, V), map(K, V)) map(K, V)
"""),
    (34, """
semver(string) Semver
semver(string, bool) Semver
isSemver(string) bool
isSemver(string, bool) bool
Semver.isGreaterThan(Semver) bool
Semver.isLessThan(Semver) bool
Semver.compareTo(Semver) int
Semver.major() int
Semver.minor() int
Semver.patch() int
"""),
    (35, """
list(T).slice(int, int) list(T)
list(list(T)).flatten() list(T)
list(dyn).flatten(int) list(dyn)
lists.range(int) list(int)
list(T).reverse() list(T)
list(T).distinct() list(T)
"""),
    (38, """
dyn.includes(dyn) bool
"""),
)  # fmt: skip

_PATCHES = "jsonpatch.escapeKey(string) string"

_COMPARED = ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration")
_NUMBERS = ("int", "uint", "double")
_NAMESPACES = frozenset(("optional", "strings", "sets", "lists", "ip", "format", "jsonpatch", "cel"))


def _generated() -> str:
    """Signatures that exist for many types: comparisons, parts of times, sums and orders of lists."""
    lines = []
    for sign in ("<", "<=", ">", ">="):
        lines += [f"_{sign}_({name}, {name}) bool" for name in _COMPARED]
        lines += [f"_{sign}_({one}, {two}) bool" for one in _NUMBERS for two in _NUMBERS if one != two]
    for part in (
        "FullYear",
        "Month",
        "DayOfYear",
        "DayOfMonth",
        "Date",
        "DayOfWeek",
        "Hours",
        "Minutes",
        "Seconds",
        "Milliseconds",
    ):
        lines += [f"timestamp.get{part}() int", f"timestamp.get{part}(string) int"]
    for name in _COMPARED:
        lines += [f"list({name}).isSorted() bool", f"list({name}).min() {name}", f"list({name}).max() {name}"]
    lines += [f"list({name}).sum() {name}" for name in (*_NUMBERS, "duration")]
    return "\n".join(lines)


class Functions:
    """Everything that an expression may call; a function's signatures are read when it is first called."""

    def __init__(self, minor: int, patches: bool) -> None:
        self._lines: dict[str, list[str]] = {}
        self._read: dict[str, list[Overload]] = {}
        texts = [_STANDARD, _generated(), *(text for since, text in _LATER if since <= minor)]
        if minor >= 35:
            texts.append("\n".join(f"list({name}).sort() list({name})" for name in _COMPARED))
            texts.append("\n".join(f"list(T).@sortByAssociatedKeys(list({name})) list(T)" for name in _COMPARED))
        if patches:
            texts.append(_PATCHES)
        for text in texts:
            for line in text.split("\n"):
                if line:
                    _, rest = _target(line)
                    self._lines.setdefault(rest[: rest.index("(", 1)], []).append(line)

    def get(self, name: str) -> list[Overload]:
        """The overloads of a function; none where there is no such function."""
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = [_overload(line) for line in self._lines.get(name, ())]
        return found

    def names(self) -> list[str]:
        """The names of all functions that can be written."""
        return [name for name in self._lines if name.replace(".", "").isalnum()]


@functools.cache
def functions(minor: int, patches: bool = False) -> Functions:
    """What a new expression may call on a server of this minor; `patches`: also what makes JSON patches."""
    return Functions(minor, patches)


def _target(line: str) -> tuple[str, str]:
    """`list(A).size() int` -> `list(A)` and `size() int`; no target for a function that is no member."""
    end = next(place for place, sign in enumerate(line) if sign in ".(" and place)
    if line[end] == "(" and line[0].isalpha():
        end = _closing(line, end) + 1
    if line[end] != "." or line[:end] in _NAMESPACES:
        return "", line
    return line[:end], line[end + 1 :]


def _overload(line: str) -> Overload:
    """`string.contains(string) bool` as an overload."""
    target, rest = _target(line)
    opened = rest.index("(", 1)
    closed = _closing(rest, opened)
    args = [*_types(target), *_types(rest[opened + 1 : closed])]
    result = _types(rest[closed + 1 :].strip())[0]
    return Overload(bool(target), tuple(args), result, any(_is_generic(each) for each in (*args, result)))


def _closing(text: str, opened: int) -> int:
    depth = 0
    for place in range(opened, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise ValueError(text)


@functools.cache
def _types(text: str) -> tuple[CelType, ...]:
    """`string, list(A)` -> types."""
    found: list[CelType] = []
    text = text.strip()
    while text:
        end = next((place for place, sign in enumerate(text) if sign in ",("), len(text))
        name = text[:end].strip()
        inner: tuple[CelType, ...] = ()
        if text[end : end + 1] == "(":
            closed = _closing(text, end)
            inner = _types(text[end + 1 : closed])
            end = closed + 1
        found.append(_type(name, inner))
        text = text[end:].lstrip(" ,")
    return tuple(found)


def _type(name: str, inner: tuple[CelType, ...]) -> CelType:
    if len(name) == 1:
        return CelType(name, (), "param")
    if name == "optional":
        return CelType(OPTIONAL, inner, "opaque")
    return _NAMES.get(name) or CelType(name, inner)


def _is_generic(found: CelType) -> bool:
    return found.kind == "param" or any(_is_generic(part) for part in found.of)


def known(name: str) -> CelType:
    """A type of Kubernetes by its short name, such as Authorizer."""
    return _NAMES[name]
