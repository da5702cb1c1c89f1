"""The suffix that the contents of an object give its name. Follows api/hasher and HashTransformer."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from kubetrial.lint.build.kustomize.nodes import RNode
from kubetrial.lint.build.kustomize.reading import Reader
from kubetrial.lint.build.kustomize.state import ResAccumulator
from kubetrial.lint.build.origin import Unknown

_ENCODED = str.maketrans("013ae", "ghkmt")


def hash_names(run: Reader, state: ResAccumulator) -> None:
    """Give the names of generated objects their suffix."""
    for one in state.resources:
        if not one.hashed:
            continue
        name = one.root.at("metadata", "name")
        one.remember()
        if one.text("kind") not in ("ConfigMap", "Secret"):
            reason = f"the hash in the name of {one.id} is made of kustomize's own bookkeeping"
            run.unknown.append(Unknown(reason, one.root.origin()))
            continue
        one.set_text(f"{one.id.name}-{suffix(one.root)}", name, "the hash", "metadata", "name")
    state.forget()


def suffix(root: RNode) -> str:
    """The suffix that the contents of an object give its name."""
    plain = root.plain()
    if plain.get("kind") == "ConfigMap":
        hashed = {"kind": "ConfigMap", "name": "", "data": plain.get("data", "")}
        if isinstance(plain.get("binaryData"), dict):
            hashed["binaryData"] = plain["binaryData"]
    else:
        hashed = {"kind": "Secret", "type": plain.get("type", ""), "name": "", "data": plain.get("data", "")}
        if isinstance(plain.get("stringData"), dict):
            hashed["stringData"] = plain["stringData"]
    return hashlib.sha256(json_text(hashed).encode("utf-8", "surrogatepass")).hexdigest()[:10].translate(_ENCODED)


def json_text(value: Any, *, pretty: bool = False) -> str:
    """Data as Go's encoding/json writes it, on one line or indented by two."""
    separators = (",", ": ") if pretty else (",", ":")
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=separators, indent=2 if pretty else None)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
