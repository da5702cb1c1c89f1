"""URLs as Go reads them (net/url), and why the API server refuses those of webhooks; follows apiserver/pkg/util/webhook."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.values import names
from kubetrial.lint.values.records import dataclass

_FORM = "write https://host/path"
_SCHEME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."
_HEX = "0123456789abcdefABCDEF"


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of a URL; the host with its port, as it was written."""

    scheme: str
    host: str
    path: str
    query: str

    @property
    def hostname(self) -> str:
        """The host without its port and without the brackets of an IPv6 address."""
        if self.host.startswith("["):
            return self.host[1:].partition("]")[0]
        return self.host.rpartition(":")[0] if ":" in self.host else self.host

    @property
    def port(self) -> str:
        """The port, or nothing."""
        rest = self.host.rpartition("]")[2]
        return rest.rpartition(":")[2] if ":" in rest else ""


def request_uri(text: str) -> Url | None:
    """An absolute URL or path, as ParseRequestURI takes it; None for anything else."""
    if not text or text.startswith(":") or any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in text):
        return None
    if text == "*":
        return Url("", "", "*", "")
    # That a fragment is no part of a path or query is only known to the second reading.
    scheme, whole = _scheme(text)
    whole = whole.partition("?")[0]
    if not whole.startswith("/"):
        return Url(scheme, "", "", text.partition("#")[0].partition("?")[2]) if scheme else None
    host, path = "", whole
    if scheme and whole.startswith("//"):
        host, slash, path = whole[2:].partition("/")
        if _authority_problem(host) is not None or _has_stray_colon(scheme, host):
            return None
        path = slash + path
    if has_bad_escape(path):
        return None
    bare = text.partition("#")[0]
    return Url(scheme, host.rpartition("@")[2].partition("#")[0], path.partition("#")[0], bare.partition("?")[2])


def _has_stray_colon(scheme: str, authority: str) -> bool:
    """Hosts of http and https have one colon, before the port."""
    host = authority.rpartition("@")[2]
    return scheme in ("http", "https") and not host.startswith("[") and host.count(":") > 1


def webhook_url_problems(url: str) -> Iterator[str]:
    """What is wrong with the URL of a webhook; follows ValidateWebhookURL."""
    bare, _, fragment = url.partition("#")
    reason = _unreadable(url, bare)
    if reason is not None:
        yield f"{reason}; {_FORM}"
        return
    scheme, rest = _scheme(bare)
    rest, _, query = rest.partition("?")
    host, user = "", False
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority = rest[2:].partition("/")[0]
        _, at, host = authority.rpartition("@")
        user = bool(at)
    if scheme != "https":
        yield f"its scheme is {scheme or 'missing'}, and only https is allowed; {_FORM}"
    if not host:
        yield f"it names no host; {_FORM}"
    if user:
        yield "a user cannot stand in it; remove what stands before @"
    if fragment:
        yield "a fragment cannot stand in it; remove # and what follows"
    if query:
        yield "a query cannot stand in it; remove ? and what follows"


def _scheme(text: str) -> tuple[str, str]:
    """The scheme, in lower case, and what follows; as getScheme of net/url."""
    for place, sign in enumerate(text):
        if sign == ":":
            return (text[:place].lower(), text[place + 1 :]) if place else ("", text)
        if sign not in _SCHEME or (place == 0 and not sign.isalpha()):
            break
    return "", text


def _unreadable(url: str, bare: str) -> str | None:
    """Why net/url cannot parse a URL, or None."""
    if any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in url):
        return "a control character stands in it"
    if bare.startswith(":"):
        return "its scheme is missing"
    if has_bad_escape(url.partition("#")[2]):
        return "its fragment has a % that is no escape"
    scheme, rest = _scheme(bare)
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return None  # an opaque URL such as mailto:x
        if ":" in rest.partition("/")[0]:
            return "a colon stands in its first part"
        return "a % in it is no escape" if has_bad_escape(rest) else None
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        return _authority_problem(authority) or (
            "a % in its path is no escape" if has_bad_escape(slash + path) else None
        )
    return "a % in its path is no escape" if has_bad_escape(rest) else None


def has_bad_escape(text: str) -> bool:
    """Whether a % stands in it that is no escape."""
    return any(len(after) < 2 or after[0] not in _HEX or after[1] not in _HEX for after in text.split("%")[1:])


def _authority_problem(authority: str) -> str | None:
    account, at, host = authority.rpartition("@")
    if at and any(not (sign.isascii() and sign.isalnum()) and sign not in "-._:~!$&'()*+,;=%@" for sign in account):
        return "a user with signs that cannot stand there"
    if at and has_bad_escape(account):
        return "a % in its user is no escape"
    if host.startswith("["):
        inside, closed, port = host[1:].rpartition("]")
        if not closed:
            return "the ] of its address is missing"
        if not _good_port(port):
            return f"its port {port[1:]!r} is no number"
        return None if _readable_host(inside) else "a sign in its host cannot stand there"
    place = host.rfind(":")
    if place >= 0 and not _good_port(host[place:]):
        return f"its port {host[place + 1 :]!r} is no number"
    if "%" in host and _bad_host_escape(host):
        return "a % in its host is no escape"
    return None if _readable_host(host) else "a sign in its host cannot stand there"


def _bad_host_escape(host: str) -> bool:
    """In a host only signs beyond ASCII may be escaped."""
    return has_bad_escape(host) or any(after[0] < "8" for after in host.split("%")[1:])


def _readable_host(host: str) -> bool:
    return all(ord(sign) >= 0x80 or sign.isalnum() or sign in "-._~!$&'()*+,;=:[]<>\"%" for sign in host)


def _good_port(port: str) -> bool:
    return not port or (port[0] == ":" and (not port[1:] or (port[1:].isascii() and port[1:].isdigit())))


def service_path_problems(path: str) -> Iterator[str]:
    """What is wrong with the path of a webhook's service; follows ValidateWebhookService."""
    if path in ("", "/"):
        return
    if path == "//":
        yield "a part of it is empty"
        return
    if not path.startswith("/"):
        yield "it does not begin with /"
    checked = path[1:].removesuffix("/")
    for step in checked.split("/"):
        if not step:
            yield "a part of it is empty"
        elif (reason := names.dns_subdomain(step)) is not None:
            yield f"its part `{step}`: {reason}"
