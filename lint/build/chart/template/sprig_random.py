"""What is random in sprig gives fixed, marked values here: what is applied must not change from run to run."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.registry import function

RANDOM = "kubetrialrandom"
RANDOM_UUID = "facade00-feed-4ace-8bad-c0ffeec0ffee"
"""With letters in front, as most have somewhere: cut or without its dashes it is read as no number."""


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
    return RANDOM_UUID


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
    """A marked line of a password file, or the words for a name that is none."""
    if ":" in user:
        return f"invalid username: {user}"
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
