"""The forms of names in Kubernetes: each function returns None for a good name, else the reason in plain words.

Follows k8s.io/apimachinery/pkg/util/validation. Lengths are bytes of UTF-8, as Go counts.
"""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_C_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ENV_STRICT = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_HEADER = re.compile(r"[-A-Za-z0-9]+\Z")
_PERCENT = re.compile(r"[0-9]+%\Z")


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _too_long(text: str, most: int) -> str | None:
    length = _length(text)
    return f"at most {most} characters, this has {length}" if length > most else None


def _offending(text: str, allowed: str) -> str:
    """The first character that is not allowed, for a message; empty when only the ends are wrong."""
    bad = re.search(f"[^{allowed}]", text)
    if bad is None:
        return ""
    found = bad.group()
    return "; found a blank" if found == " " else f"; found {found!r}"


def dns_label(text: str) -> str | None:
    """An RFC 1123 label: names of containers, namespaces, volumes."""
    if _LABEL.match(text) and len(text) <= 63:
        return None
    if not text:
        return "it is empty"
    return _too_long(text, 63) or (
        "only lower-case letters, digits and '-', with a letter or digit at both ends" + _offending(text, "-a-z0-9")
    )


def dns_subdomain(text: str) -> str | None:
    """An RFC 1123 subdomain: names of most objects."""
    if _SUBDOMAIN.match(text) and len(text) <= 253:
        return None
    if not text:
        return "it is empty"
    return _too_long(text, 253) or (
        "only lower-case letters, digits, '-' and '.', with a letter or digit at both ends of each part" + _offending(text, "-.a-z0-9")
    )


def dns1035_label(text: str) -> str | None:
    """An RFC 1035 label: like dns_label, but it begins with a letter."""
    if _LABEL_1035.match(text) and len(text) <= 63:
        return None
    if not text:
        return "it is empty"
    return _too_long(text, 63) or (
        "only lower-case letters, digits and '-', beginning with a letter and ending with a letter or digit" + _offending(text, "-a-z0-9")
    )


def qualified_name(text: str) -> str | None:
    """A label key, annotation key, extended resource or finalizer: an optional domain and '/', then a name."""
    if text.isascii() and "/" not in text and len(text) <= 63 and _QUALIFIED.match(text):
        return None
    if not text:
        return "it is empty"
    parts = text.split("/")
    if len(parts) > 2:
        return "one '/' at most: an optional domain, '/', a name"
    if len(parts) == 2:
        if not parts[0]:
            return "the domain before '/' is empty"
        domain = dns_subdomain(parts[0])
        if domain is not None:
            return f"the domain before '/': {domain}"
    name = parts[-1]
    if not name:
        return "the name after '/' is empty"
    if _length(name) > 63:
        return f"the name has at most 63 characters, this has {_length(name)}"
    if not _QUALIFIED.match(name):
        return "only letters, digits, '-', '_' and '.', with a letter or digit at both ends" + _offending(name, "-A-Za-z0-9_.")
    return None


def label_value(text: str) -> str | None:
    """The value of a label; it may be empty."""
    if not text or (len(text) <= 63 and _QUALIFIED.match(text)):
        return None
    return _too_long(text, 63) or (
        "only letters, digits, '-', '_' and '.', with a letter or digit at both ends" + _offending(text, "-A-Za-z0-9_.")
    )


def env_var_name(text: str) -> str | None:
    """A variable's name as 1.34 and later take it: printable ASCII without '='."""
    if not text:
        return "it is empty"
    for sign in text:
        if not " " <= sign <= "~" or sign == "=":
            return f"only printable ASCII characters but '='; found {sign!r}"
    return None


def env_var_name_strict(text: str) -> str | None:
    """A variable's name as older versions take it."""
    if _ENV_STRICT.match(text) and text not in (".", "..") and not text.startswith(".."):
        return None
    if not text:
        return "it is empty"
    return "only letters, digits, '_', '-' and '.', not beginning with a digit or '..'" + _offending(text, "-._a-zA-Z0-9")


def config_map_key(text: str) -> str | None:
    """A key in the data of a ConfigMap or Secret."""
    if _CONFIG_KEY.match(text) and len(text) <= 253 and text != "." and not text.startswith(".."):
        return None
    if not text:
        return "it is empty"
    if text in (".", "..") or text.startswith(".."):
        return "it cannot be '.' or begin with '..', because it becomes a file's name"
    return _too_long(text, 253) or ("only letters, digits, '-', '_' and '.'" + _offending(text, "-._a-zA-Z0-9"))


def port_name(text: str) -> str | None:
    """The name of a port (IANA service name): at most 15 characters, at least one letter."""
    if not text:
        return "it is empty"
    if len(text) > 15:
        return f"at most 15 characters, this has {_length(text)}"
    if not re.match(r"[-a-z0-9]+\Z", text):
        return "only lower-case letters, digits and '-'" + _offending(text, "-a-z0-9")
    if not re.search("[a-z]", text):
        return "at least one letter; a port's number is written without quotes"
    if "--" in text or text[0] == "-" or text[-1] == "-":
        return "no '-' at either end and no two in a row"
    return None


def http_header_name(text: str) -> str | None:
    """The name of an HTTP header in a probe."""
    if _HEADER.match(text):
        return None
    return "it is empty" if not text else "only letters, digits and '-'" + _offending(text, "-A-Za-z0-9")


def c_identifier(text: str) -> str | None:
    """A name in C: a letter or '_', then letters, digits and '_'."""
    if _C_IDENTIFIER.match(text):
        return None
    return "it is empty" if not text else "only letters, digits and '_', not beginning with a digit" + _offending(text, "A-Za-z0-9_")


def wildcard_subdomain(text: str) -> str | None:
    """`*.` and a subdomain."""
    if not text.startswith("*."):
        return "a wildcard name begins with '*.'"
    return _too_long(text, 253) or dns_subdomain(text[2:])


def path_segment(text: str) -> str | None:
    """A name that is only kept from breaking URLs: not '.' or '..', without '/' and '%'."""
    if text in (".", ".."):
        return "it cannot be '.' or '..'"
    for sign in "/%":
        if sign in text:
            return f"it cannot contain {sign!r}"
    return None


def percent(text: str) -> str | None:
    """A percentage such as `25%`."""
    return None if _PERCENT.match(text) else "a number followed by '%', such as 25%"
