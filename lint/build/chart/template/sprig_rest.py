"""Functions for encodings, versions, dates, paths and addresses, and what is random: that gives fixed, marked values."""

from __future__ import annotations

import datetime
import json
import posixpath
import re
import urllib.parse
from typing import Any

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.sprig_data import to_int
from kubetrial.lint.build.chart.template.values import Int64, kind_of, printed
from kubetrial.lint.build.go_numbers import json_number
from kubetrial.lint.build.go_yaml import to_yaml
from kubetrial.lint.yaml.source import read

RANDOM = "kubetrialrandom"
NOW = datetime.datetime(2024, 1, 1, 0, 0, 0, tzinfo=datetime.timezone.utc)


# encodings


@function("toJson mustToJson", "a")
def to_json(value: Any) -> str:
    """JSON as Go writes it."""
    text = _json(value, 0)
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


@function("toRawJson mustToRawJson", "a")
def to_raw_json(value: Any) -> str:
    """JSON without HTML's escapes."""
    return _json(value, 0)


@function("toPrettyJson mustToPrettyJson", "a")
def to_pretty_json(value: Any) -> str:
    """JSON over several lines."""
    made = json.dumps(json.loads(to_json(value)), indent=2, ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", made)


def _json(value: Any, depth: int) -> str:
    if depth > 150:
        raise Failure("the value is nested too deeply")
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return json_number(value)
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: str(name).encode("utf-8", "surrogatepass"))
        return "{" + ",".join(f"{_json(str(name), depth)}:{_json(value[name], depth + 1)}" for name in names) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_json(item, depth + 1) for item in value) + "]"
    return json.dumps(printed(value), ensure_ascii=False)


@function("toYamlPretty", "a")
def to_yaml_pretty(value: Any) -> str:
    """YAML."""
    return to_yaml(value).removesuffix("\n")


def _floats(value: Any, depth: int = 0) -> Any:
    """Numbers as JSON gives them to Go: all float64."""
    if depth > 150:
        raise Failure("the value is nested too deeply")
    if isinstance(value, dict):
        return {str(name): _floats(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_floats(item, depth + 1) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _read(text: str) -> tuple[Any, str]:
    found = read("", str(text))
    for _, problem in found.problems:
        if problem.rule == "yaml-syntax":
            return None, f"error converting YAML to JSON: yaml: {problem.message}"
    return (_floats(found.documents[0].value) if found.documents else None), ""


@function("fromYaml", "s")
def from_yaml(text: str) -> Any:
    """A map of YAML; what is none gives a map with Error."""
    value, problem = _read(text)
    if not problem and value is not None and not isinstance(value, dict):
        problem = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into a map"
    return {"Error": problem} if problem else value or {}


@function("fromYamlArray", "s")
def from_yaml_array(text: str) -> Any:
    """A list of YAML."""
    value, problem = _read(text)
    if not problem and value is not None and not isinstance(value, list):
        problem = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into a list"
    return [problem] if problem else value or []


def _loads(text: str) -> Any:
    def refuse(word: str) -> Any:
        raise ValueError(word)

    try:
        return _floats(json.loads(text, parse_constant=refuse))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"invalid JSON: {error}") from None


@function("fromJson", "s")
def from_json(text: str) -> Any:
    """A map of JSON; what is none gives a map with Error."""
    try:
        value = _loads(text)
    except ValueError as error:
        return {"Error": str(error)}
    return value if isinstance(value, dict) else {} if value is None else {"Error": "json: cannot unmarshal into a map"}


@function("mustFromJson", "s")
def must_from_json(text: str) -> Any:
    """Any value of JSON, or a refusal."""
    return _loads(text)


@function("fromJsonArray", "s")
def from_json_array(text: str) -> Any:
    """A list of JSON."""
    try:
        value = _loads(text)
    except ValueError as error:
        return [str(error)]
    return value if isinstance(value, list) else []


@function("lookup", "ssss")
def lookup(*_: str) -> Any:
    """No cluster is asked: an empty map."""
    return {}


# versions


_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?\Z")
_ONE = re.compile(
    r"\s*(=|!=|>|<|>=|=>|<=|=<|~|~>|\^|)\s*(v?([0-9]+|[xX*])(\.([0-9]+|[xX*]))?(\.([0-9]+|[xX*]))?"
    r"(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)(?=[\s,]|\Z)"
)
Key = tuple[int, int, int, tuple[tuple[int, int, str], ...]]


def _version(text: str) -> re.Match[str]:
    match = _VERSION.match(text)
    if match is None or len(text) > 256:
        raise Failure(f"{text!r} is no version (major.minor.patch)")
    return match


def _order(match: re.Match[str]) -> Key:
    before: tuple[tuple[int, int, str], ...] = ((2, 0, ""),)
    if match[4]:
        before = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in match[4].split("."))
    return int(match[1]), int(match[2] or 0), int(match[3] or 0), before


@function("semver", "s")
def semver(text: str) -> dict[str, Any]:
    """The parts of a version."""
    match = _version(text)
    return {
        "Major": int(match[1]),
        "Minor": int(match[2] or 0),
        "Patch": int(match[3] or 0),
        "Prerelease": match[4] or "",
        "Metadata": match[5] or "",
        "Original": str(text),
    }


@function("semverCompare", "ss")
def semver_compare(constraint: str, text: str) -> bool:
    """Whether a version meets a constraint, as Masterminds/semver reads it."""
    version = _version(text)
    return any(_meets_all(part, version) for part in constraint.split("||"))


def _meets_all(part: str, version: re.Match[str]) -> bool:
    part = re.sub(r"(\S+)\s+-\s+(\S+)", r">=\1 <=\2", part)
    place, holds, count = 0, True, 0
    while place < len(part.rstrip()):
        match = _ONE.match(part, place)
        if match is None:
            raise Failure(f"{part.strip()!r} is no constraint of versions")
        holds = holds and _meets(match, version)
        count += 1
        place = match.end()
        while place < len(part) and part[place] in " ,\t":
            place += 1
    if not count:
        raise Failure("the constraint is empty")
    return holds


def _meets(match: re.Match[str], version: re.Match[str]) -> bool:
    sign, names = match[1], [match[3], match[5], match[7]]
    known = next((place for place, name in enumerate(names) if name is None or name in "xX*"), 3)
    numbers = [int(name or 0) if place < known else 0 for place, name in enumerate(names)]
    pre = (match[8] or "")[1:]
    low = _order(_version(".".join(map(str, numbers)) + (f"-{pre}" if pre else "")))
    mine = _order(version)
    if version[4] and not pre and sign != "!=":
        return False
    high = _above(numbers, max(known - 1, 0)) if known else None
    inside = mine >= low and (high is None or mine[:3] < high)
    if sign in ("", "="):
        return inside if known < 3 else mine == low
    if sign == "!=":
        return not inside if known < 3 else mine != low
    if sign == ">":
        return mine > low if known == 3 else high is not None and mine[:3] >= high
    if sign == "<":
        return mine < low
    if sign in (">=", "=>"):
        return mine >= low
    if sign in ("<=", "=<"):
        return mine <= low if known == 3 else high is None or mine[:3] < high
    if sign in ("~", "~>"):
        top = _above(numbers, min(1, known - 1)) if known else None
    else:
        first = next((place for place in range(known) if numbers[place]), max(known - 1, 0))
        top = _above(numbers, first) if known else None
    return mine >= low and (top is None or mine[:3] < top)


def _above(numbers: list[int], place: int) -> tuple[int, int, int]:
    made = [*numbers[:place], numbers[place] + 1, 0, 0, 0][:3]
    return made[0], made[1], made[2]


# dates


_LAYOUT = re.compile(
    r"January|Jan|Monday|Mon|MST|2006|Z07:00|-07:00|-0700|Z0700|-07|01|02|03|04|05|06|15|PM|pm|\.0+|\.9+|_2|1|2|3|4|5"
)


def _formatted(layout: str, when: datetime.datetime) -> str:
    codes = {"January": "%B", "Jan": "%b", "Monday": "%A", "Mon": "%a", "2006": "%Y", "01": "%m", "02": "%d", "03": "%I",
             "04": "%M", "05": "%S", "06": "%y", "15": "%H", "PM": "%p"}  # fmt: skip
    fixed = {"MST": "UTC", "Z07:00": "Z", "Z0700": "Z", "-07:00": "+00:00", "-0700": "+0000", "-07": "+00",
             "pm": when.strftime("%p").lower(), "_2": f"{when.day:2d}", "1": str(when.month), "2": str(when.day),
             "3": str(when.hour % 12 or 12), "4": str(when.minute), "5": str(when.second)}  # fmt: skip

    def sign(match: re.Match[str]) -> str:
        found = match[0]
        if found in codes:
            return when.strftime(codes[found])
        return fixed[found] if found in fixed else found if found.startswith(".0") else ""

    return _LAYOUT.sub(sign, layout)


def _when(value: Any) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, int) and abs(value) < 2**37:
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    return NOW


@function("now", "")
def now() -> Any:
    """A fixed time: what is applied must not change from run to run."""
    return NOW


@function("date dateInZone date_in_zone", "sa?s")
def date(layout: str, value: Any, zone: str = "UTC") -> str:
    """A time in Go's layout, in UTC."""
    return _formatted(layout, _when(value))


@function("htmlDate htmlDateInZone", "a?s")
def html_date(value: Any, zone: str = "UTC") -> str:
    """2006-01-02."""
    return _formatted("2006-01-02", _when(value))


@function("unixEpoch", "a")
def unix_epoch(value: Any) -> str:
    """Seconds since 1970."""
    return str(int(_when(value).timestamp()))


@function("ago", "a")
def ago(value: Any) -> str:
    """How long ago."""
    return "0s"


@function("dateModify date_modify mustDateModify must_date_modify", "sa")
def date_modify(duration: str, value: Any) -> Any:
    """A time some hours, minutes or seconds later."""
    match = re.fullmatch(r"([+-]?)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?", duration)
    if match is None:
        return _when(value)
    step = datetime.timedelta(hours=int(match[2] or 0), minutes=int(match[3] or 0), seconds=int(match[4] or 0))
    return _when(value) - step if match[1] == "-" else _when(value) + step


@function("toDate mustToDate", "ss")
def to_date(layout: str, text: str) -> Any:
    """A time of a text that starts with year, month and day."""
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", text)
    return (
        datetime.datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=datetime.timezone.utc) if match else NOW
    )


@function("duration durationRound", "a")
def duration(value: Any) -> str:
    """Seconds as Go prints a duration."""
    seconds = to_int(value) if isinstance(value, (str, Int64)) else 0
    hours, rest = divmod(abs(seconds), 3600)
    text = (f"{hours}h" if hours else "") + (f"{rest // 60}m" if hours or rest >= 60 else "") + f"{rest % 60}s"
    return ("-" if seconds < 0 else "") + text


# paths and addresses


@function("base osBase", "s")
def base(path: str) -> str:
    """The last part of a path."""
    return (path.rstrip("/").rsplit("/", 1)[-1] or "/") if path else "."


@function("dir osDir", "s")
def dir_(path: str) -> str:
    """All but the last part of a path."""
    return clean(path[: path.rfind("/") + 1])


@function("clean osClean", "s")
def clean(path: str) -> str:
    """The shortest form of a path."""
    made = posixpath.normpath(path) if path else "."
    return made[1:] if made.startswith("//") else made


@function("ext osExt", "s")
def ext(path: str) -> str:
    """The ending of a path."""
    name = path.rsplit("/", 1)[-1]
    return name[name.rfind(".") :] if "." in name else ""


@function("isAbs osIsAbs", "s")
def is_abs(path: str) -> bool:
    """Whether a path starts at the root."""
    return path.startswith("/")


@function("urlParse", "s")
def url_parse(text: str) -> dict[str, Any]:
    """The parts of an address."""
    try:
        parts = urllib.parse.urlsplit(text)
        host = parts.hostname or ""
    except ValueError as error:
        raise Failure(f"unable to parse url: {error}") from None
    user, _, where = parts.netloc.rpartition("@")
    return {"scheme": parts.scheme, "host": where, "hostname": host, "path": urllib.parse.unquote(parts.path),
            "query": parts.query, "opaque": "", "fragment": parts.fragment, "userinfo": user}  # fmt: skip


@function("urlJoin", "d")
def url_join(parts: dict[str, Any]) -> str:
    """An address of its parts."""
    text = {name: printed(value) for name, value in parts.items()}
    user = text.get("userinfo", "")
    host = (user + "@" if user else "") + text.get("host", "")
    return urllib.parse.urlunsplit(
        (text.get("scheme", ""), host, text.get("path", ""), text.get("query", ""), text.get("fragment", ""))
    )


@function("getHostByName", "s")
def get_host_by_name(name: str) -> str:
    """No network is asked."""
    return ""


# what is random


def _random(count: int) -> str:
    if count > 100_000:
        raise Failure(f"{count} random signs are too many")
    return (RANDOM * (max(count, 0) // len(RANDOM) + 1))[: max(count, 0)]


@function("randAlphaNum randAlpha randAscii", "i")
def rand_text(count: int) -> str:
    """Fixed signs in place of random ones."""
    return _random(count)


@function("randNumeric", "i")
def rand_numeric(count: int) -> str:
    """Fixed digits."""
    return "7" * len(_random(count))


@function("randBytes", "i")
def rand_bytes(count: int) -> str:
    """Fixed bytes in base64."""
    import base64

    return base64.b64encode(_random(count).encode()).decode()


@function("randInt", "ii")
def rand_int(low: int, high: int) -> int:
    """The lowest."""
    return low


@function("shuffle", "s")
def shuffle(text: str) -> str:
    """The text as it is."""
    return text


@function("uuidv4", "")
def uuidv4() -> str:
    """A fixed UUID."""
    return "00000000-0000-4000-8000-000000000000"


@function("genPrivateKey", "s")
def gen_private_key(algorithm: str) -> str:
    """A marked key, which is none."""
    return _block(f"{algorithm.upper()} PRIVATE KEY")


def _block(kind: str) -> str:
    import base64

    return f"-----BEGIN {kind}-----\n{base64.b64encode(RANDOM.encode()).decode()}\n-----END {kind}-----\n"


def _certificate() -> dict[str, Any]:
    return {"Cert": _block("CERTIFICATE"), "Key": _block("RSA PRIVATE KEY")}


@function(
    "genCA genCAWithKey genSignedCert genSignedCertWithKey genSelfSignedCert genSelfSignedCertWithKey buildCustomCert",
    "aa*",
)
def gen_certificate(*_: Any) -> Any:
    """A marked certificate and key."""
    return _certificate()


@function("htpasswd", "ss")
def htpasswd(user: str, password: str) -> str:
    """A marked line of a password file."""
    return f"{user}:$2a$10${_random(53)}"


@function("bcrypt", "s")
def bcrypt(password: str) -> str:
    """A marked hash."""
    return f"$2a$10${_random(53)}"


@function("derivePassword", "issss")
def derive_password(*_: Any) -> str:
    """A marked password."""
    return _random(14)


@function("encryptAES decryptAES", "ss")
def aes(password: str, text: str) -> str:
    """A marked text."""
    return _random(24)


@function("hello", "")
def hello() -> str:
    """Hello!."""
    return "Hello!"


def _toml_value(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml_value(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_toml_key(name)} = {_toml_value(item, depth + 1)}" for name, item in value.items()) + "}"
        )
    text = printed(value)
    return text + ".0" if kind_of(value) == "float64" and re.fullmatch(r"-?\d+", text) else text


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


@function("toToml", "a")
def to_toml(value: Any) -> str:
    """TOML, tables behind plain keys."""
    if not isinstance(value, dict):
        raise Failure("TOML begins with a map")
    rows: list[str] = []
    _toml(value, (), rows)
    return "\n".join(rows) + ("\n" if rows else "")


def _toml(table: dict[str, Any], names: tuple[str, ...], rows: list[str]) -> None:
    if len(names) > 100:
        raise Failure("the value is nested too deeply")
    tables = [name for name in sorted(table) if isinstance(table[name], dict)]
    space = "  " * max(len(names) - 1, 0)
    inner = space + ("  " if names else "")
    if names:
        if rows and len(names) == 1:
            rows.append("")
        rows.append(f"{space}[{'.'.join(map(_toml_key, names))}]")
    for name in sorted(table):
        if name not in tables and table[name] is not None:
            rows.append(f"{inner}{_toml_key(name)} = {_toml_value(table[name], 0)}")
    for name in tables:
        _toml(table[name], (*names, name), rows)


@function("fromToml", "s")
def from_toml(text: str) -> Any:
    """A map of TOML; what is none gives a map with Error."""
    try:
        import tomllib
    except ImportError:
        import tomli as tomllib  # type: ignore[no-redef]
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {"Error": str(error)}
