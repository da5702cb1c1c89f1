"""A Secret without the keys of its type.

Types such as kubernetes.io/tls promise certain keys, and the API server refuses a Secret that lacks them: `tls.crt`
and `tls.key`, `ssh-privatekey`, `username` or `password`, `.dockercfg`, `.dockerconfigjson` (both JSON), or the
annotation `kubernetes.io/service-account.name`. Keys of `stringData` count.

Add the keys, or leave `type` out for an Opaque Secret.

See https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Findings, Secret, rule

_ACCOUNT = "kubernetes.io/service-account.name"
_NEEDED = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
}


@rule(Category.REJECTED, needs=("type",))
def check(secret: Secret) -> Findings:
    """Find Secrets that break the promise of their type; follows ValidateSecret."""
    values = secret.mapping()
    kind = values.get("type")
    if not kind or not kind.startswith("kubernetes.io/"):
        return
    data, texts = values.get("data") or {}, values.get("stringData") or {}
    if kind == "kubernetes.io/service-account-token" and not secret.annotations.get(_ACCOUNT):
        yield secret.at("metadata", "annotations", _ACCOUNT).found(
            f"a service account token needs the annotation `{_ACCOUNT}`",
            help="add it, with the name of the service account",
        )
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & {*data, *texts}:
        yield secret["data"]["username"].found(f"type {kind} needs `username` or `password`", help="add one of them")
        yield secret["data"]["password"].found(f"type {kind} needs `username` or `password`", help="add one of them")
    for key in _NEEDED.get(kind, ()):
        missing = key not in data and key not in texts
        if missing or (key == "ssh-privatekey" and not (texts[key] if key in texts else data.get(key))):
            yield secret["data"][key].found(
                f"type {kind} needs the key `{key}`", help=f"add `{key}`, or leave `type` out for an Opaque Secret"
            )
        elif "docker" in kind and (problem := _json_problem(_bytes(key, data, texts))):
            where = "stringData" if key in texts else "data"
            yield secret[where][key].found(
                f"`{key}` is no JSON object: {problem}",
                help="write what `docker login` left in its file",
                path=f"data[{key}]",
            )


def _bytes(key: str, data: Mapping[str, Any], texts: Mapping[str, Any]) -> bytes:
    import base64

    if key in texts:
        return str(texts[key] or "").encode("utf-8", "surrogatepass")
    return base64.b64decode("".join(str(data[key] or "").split()))


def _json_problem(raw: bytes) -> str | None:
    import json

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no JSON")

    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        return str(error) if raw else "it is empty"
    return None if value is None or isinstance(value, dict) else "its outermost value is no mapping"
