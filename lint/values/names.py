"""The forms of names in Kubernetes: each function returns None for a good name, else the reason in plain words.

Follows k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content. Lengths are bytes of UTF-8, as Go counts;
no form lets a line break or anything beyond ASCII through. Patterns are compiled when they are first asked for.
"""

from __future__ import annotations

import functools
import re

from kubetrial.lint.values.remembered import remembered

_compiled = functools.cache(re.compile)

# `\Z`, never `$`: Python's `$` would let a trailing line break through, Go's does not.
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_LABEL_OR_UNDERSCORE = r"_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
_SYSCTL = r"[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
_LABEL_FORM = _LABEL + r"\Z"
_SUBDOMAIN_FORM = rf"{_LABEL}(?:\.{_LABEL})*\Z"
_UNDERSCORE_FORM = rf"{_LABEL_OR_UNDERSCORE}(?:\.{_LABEL_OR_UNDERSCORE})*\Z"
_LABEL_1035_FORM = r"[a-z](?:[-a-z0-9]*[a-z0-9])?\Z"
_QUALIFIED_FORM = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z"
_SYSCTL_FORM = rf"(?:{_SYSCTL}[./])*{_SYSCTL}\Z"


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _too_long(text: str, most: int) -> str | None:
    length = _length(text)
    return f"at most {most} characters, this has {length}" if length > most else None


def _wrong(text: str, most: int, allowed: str, words: str, ends: str = "", *, ends_are: str = "A-Za-z0-9") -> str:
    """The reason for a text that does not have a form: its length, its first wrong character, or a wrong end."""
    if not text:
        return "it is empty"
    if most and _length(text) > most:
        return f"at most {most} characters, this has {_length(text)}"
    bad = re.search(f"[^{allowed}]", text)
    if bad is None:
        where = ""
        if ends and not re.match(f"[{ends_are}]", text):
            where = f"; it begins with {text[0]!r}"
        elif ends and not re.match(f"[{ends_are}]", text[-1]):
            where = f"; it ends with {text[-1]!r}"
        return words + ends + where
    found = "a blank" if bad.group() == " " else repr(bad.group())
    return f"{words}{ends}; found {found}"


@remembered(4096)
def dns_label(text: str) -> str | None:
    """An RFC 1123 label: names of containers, namespaces, volumes. At most 63 characters."""
    if len(text) <= 63 and _compiled(_LABEL_FORM).match(text):
        return None
    return _wrong(
        text, 63, "-a-z0-9", "only lower-case letters, digits and '-'", ", with a letter or digit at both ends"
    )


@remembered(4096)
def dns_subdomain(text: str) -> str | None:
    """An RFC 1123 subdomain: names of most objects. At most 253 characters; its parts may be longer than 63."""
    if len(text) <= 253 and _compiled(_SUBDOMAIN_FORM).match(text):
        return None
    ends = ", with a letter or digit at both ends of each part"
    if ".." in text:
        ends += "; two '.' stand side by side"
    return _wrong(text, 253, "-.a-z0-9", "only lower-case letters, digits, '-' and '.'", ends)


def dns_subdomain_with_underscore(text: str) -> str | None:
    """A subdomain whose parts may hold '_' and begin with it: dnsConfig.searches since 1.33."""
    if len(text) <= 253 and _compiled(_UNDERSCORE_FORM).match(text):
        return None
    ends = ", with a letter or digit at both ends of each part (one '_' may stand before it)"
    return _wrong(
        text, 253, "-._a-z0-9", "only lower-case letters, digits, '-', '_' and '.'", ends, ends_are="_A-Za-z0-9"
    )


@remembered(4096)
def dns1035_label(text: str) -> str | None:
    """An RFC 1035 label: like dns_label, but it begins with a letter. Names of Services before 1.36."""
    if len(text) <= 63 and _compiled(_LABEL_1035_FORM).match(text):
        return None
    ends = ", beginning with a letter and ending with a letter or digit"
    if text[:1].isdigit() and dns_label(text) is None:
        return f"only lower-case letters, digits and '-'{ends}; it begins with {text[0]!r}"
    return _wrong(text, 63, "-a-z0-9", "only lower-case letters, digits and '-'", ends)


def wildcard_subdomain(text: str) -> str | None:
    """`*.` and a subdomain, at most 253 characters together: hosts of Ingress rules and TLS."""
    if not text.startswith("*."):
        return "a wildcard name begins with '*.'"
    return _too_long(text, 253) or dns_subdomain(text[2:])


def generate_name_base(prefix: str) -> str:
    """What the server checks in place of a generateName: one trailing '-' is good, for a random end follows it.

    Follows maskTrailingDash in pkg/api/validation (which also swallows the character before the '-').
    """
    return prefix[:-2] + "a" if len(prefix) > 1 and prefix[-1] == "-" else prefix


@remembered(4096)
def qualified_name(text: str) -> str | None:
    """A label key, annotation key, extended resource or finalizer: an optional domain and '/', then a name."""
    domain, slash, name = text.rpartition("/")
    if len(name) <= 63 and _compiled(_QUALIFIED_FORM).match(name) and (not slash or dns_subdomain(domain) is None):
        return None
    if not text:
        return "it is empty"
    if "/" in domain:
        return "one '/' at most: an optional domain, '/', a name"
    if slash and not domain:
        return "the domain before '/' is empty"
    if slash and (reason := dns_subdomain(domain)) is not None:
        return f"the domain before '/': {reason}"
    if not name:
        return "the name after '/' is empty"
    if _length(name) > 63:
        return f"the name has at most 63 characters, this has {_length(name)}"
    return _qualified_reason(name)


def _qualified_reason(text: str) -> str:
    return _wrong(
        text, 63, "-A-Za-z0-9_.", "only letters, digits, '-', '_' and '.'", ", with a letter or digit at both ends"
    )


def prefixed_name(text: str) -> str | None:
    """A qualified name that must have its domain: `example.com/key`."""
    return qualified_name(text) or (
        None if "/" in text else "a domain and '/' come before the name, such as example.com/key"
    )


@remembered(4096)
def label_value(text: str) -> str | None:
    """The value of a label: at most 63 characters; it may be empty."""
    if not text or (len(text) <= 63 and _compiled(_QUALIFIED_FORM).match(text)):
        return None
    return _qualified_reason(text)


def env_var_name(text: str) -> str | None:
    """A variable's name as 1.32 and later take it: printable ASCII without '='."""
    if text and text.isascii() and text.isprintable() and "=" not in text:
        return None
    if not text:
        return "it is empty"
    bad = next(sign for sign in text if not " " <= sign <= "~" or sign == "=")
    return f"only printable ASCII characters but '='; found {bad!r}"


def env_var_name_strict(text: str) -> str | None:
    """A variable's name as versions before 1.32 take it."""
    if _compiled(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z").match(text) and text != "." and not text.startswith(".."):
        return None
    if text == "." or text.startswith(".."):
        return "it cannot be '.' or begin with '..'"
    begins = ", not beginning with a digit"
    return _wrong(text, 0, "-._a-zA-Z0-9", "only letters, digits, '_', '-' and '.'", begins, ends_are="-._a-zA-Z")


def config_map_key(text: str) -> str | None:
    """A key in the data of a ConfigMap or Secret: at most 253 characters, good as a file's name."""
    if len(text) <= 253 and _compiled(r"[-._a-zA-Z0-9]+\Z").match(text) and text != "." and not text.startswith(".."):
        return None
    if text == "." or text.startswith(".."):
        return "it cannot be '.' or begin with '..', because it becomes a file's name"
    return _wrong(text, 253, "-._a-zA-Z0-9", "only letters, digits, '-', '_' and '.'")


def port_name(text: str) -> str | None:
    """The name of a port (an IANA service name): at most 15 characters of a-z, 0-9 and '-', at least one letter."""
    if not text:
        return "it is empty"
    if _length(text) > 15:
        return f"at most 15 characters, this has {_length(text)}"
    if not _compiled(r"[-a-z0-9]+\Z").match(text):
        return _wrong(text, 15, "-a-z0-9", "only lower-case letters, digits and '-'")
    if text.isdigit():
        return "at least one letter; a port's number is written without quotes"
    if not text.strip("-0123456789"):
        return "at least one letter"
    if "--" in text or text[0] == "-" or text[-1] == "-":
        return "no '-' at either end and no two in a row"
    return None


def http_header_name(text: str) -> str | None:
    """The name of an HTTP header in a probe."""
    if _compiled(r"[-A-Za-z0-9]+\Z").match(text):
        return None
    return _wrong(text, 0, "-A-Za-z0-9", "only letters, digits and '-'")


def c_identifier(text: str) -> str | None:
    """A name in C: a letter or '_', then letters, digits and '_'."""
    if _compiled(r"[A-Za-z_][A-Za-z0-9_]*\Z").match(text):
        return None
    return _wrong(
        text, 0, "A-Za-z0-9_", "only letters, digits and '_'", ", not beginning with a digit", ends_are="A-Za-z_"
    )


def percent(text: str) -> str | None:
    """A percentage such as `25%`: digits and one '%'; more than 100 % has the form too."""
    return None if _compiled(r"[0-9]+%\Z").match(text) else "a whole number followed by '%', such as 25%"


def path_segment(text: str) -> str | None:
    """A name that is only kept from breaking URLs: not '.' or '..', without '/' and '%'. Names of Roles, for one."""
    if text in (".", ".."):
        return "it cannot be '.' or '..'"
    for sign in "/%":
        if sign in text:
            return f"it cannot contain {sign!r}"
    return None


def fully_qualified_name(text: str) -> str | None:
    """A subdomain of at least three parts: conditions of readiness gates and the names of webhooks."""
    reason = dns_subdomain(text)
    if reason is None and text.count(".") < 2:
        return "a domain of at least three parts, such as name.example.com"
    return reason


def fully_qualified_domain_name(text: str) -> str | None:
    """A domain of at least two labels, with or without a final '.'."""
    bare = text[:-1] if text.endswith(".") else text
    reason = dns_subdomain(bare)
    if reason is None and "." not in bare:
        return "a domain of at least two parts, such as example.com"
    return reason or next((r for part in bare.split(".") if (r := dns_label(part))), None)


def domain_prefixed_path(text: str) -> str | None:
    """A subdomain, '/', and the characters of an HTTP path: controllers of IngressClasses, managedBy."""
    domain, _, path = text.partition("/")
    if not domain or not path:
        return "a domain, '/' and a path, such as example.com/name" if text else "it is empty"
    if reason := dns_subdomain(domain):
        return f"the domain before '/': {reason}"
    if _compiled(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+\Z").match(path):
        return None
    return "the path after '/': " + _wrong(
        path, 0, r"A-Za-z0-9/\-._~%!$&'()*+,;=:", "only letters, digits and /-._~%!$&'()*+,;=:"
    )


def signer_name(text: str) -> str | None:
    """The name of a certificate's signer: `example.com/name`. Follows ValidateSignerName in core/validation."""
    if text.count("/") != 1:
        return "a domain, one '/' and a name, such as example.com/my-signer" if text else "it is empty"
    domain, path = text.split("/")
    reason = _too_long(domain, 253) or next((r for part in domain.split(".") if (r := dns_label(part))), None)
    if reason is None and "." not in domain:
        reason = "at least two parts, such as example.com"
    if reason is not None:
        return f"the domain before '/': {reason}"
    reason = next((r for part in path.split(".") if (r := dns_subdomain(part))), None)
    return f"the name after '/': {reason}" if reason else _too_long(text, 571)


def sysctl_name(text: str) -> str | None:
    """The name of a sysctl: parts of a-z, 0-9, '-' and '_', joined by '.' or '/'. At most 253 characters."""
    if len(text) <= 253 and _compiled(_SYSCTL_FORM).match(text):
        return None
    ends = ", with a letter or digit at both ends of each part"
    return _wrong(text, 253, r"-_./a-z0-9", "only lower-case letters, digits, '-', '_', '.' and '/'", ends)


def windows_user_name(text: str) -> str | None:
    """A Windows user, `USER` or `DOMAIN\\USER`: runAsUserName. Follows validateWindowsSecurityContextOptions."""
    if not text:
        return "it is empty"
    if _compiled(r"[\x00-\x1f\x7f]").search(text):
        return "no control characters"
    if text.count("\\") > 1:
        return "one '\\' at most, between domain and user"
    domain, slash, user = text.rpartition("\\")
    if _length(domain) >= 256:
        return f"the domain has at most 255 characters, this has {_length(domain)}"
    part = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    if slash and not (
        _compiled(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}\Z').match(domain)
        or _compiled(rf"{part}(?:\.{part})*\Z").match(domain)
    ):
        return "the domain before '\\' is neither a NetBIOS nor a DNS name"
    if not user:
        return "the user after '\\' is empty"
    if _length(user) > 104:
        return f"the user has at most 104 characters, this has {_length(user)}"
    if not user.strip(". "):
        return "the user cannot be only '.' and blanks"
    bad = _compiled(r'["/\\:;|=,+*?<>@\[\]]').search(user)
    return f'the user holds none of "/\\:;|=,+*?<>@[]; found {bad.group()!r}' if bad else None
