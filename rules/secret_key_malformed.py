"""A key in `stringData` of a Secret is no name of a file.

The API server moves `stringData` into `data`, whose keys become files and variables: letters, digits, `-`, `_` and
`.`, at most 253 characters, neither `.` nor `..`.

Write a plain name; a path belongs into the `items` of the volume.

See https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Secret, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("stringData",))
def check(secret: Secret) -> Findings:
    """Find keys that cannot be files; the server names them in `data`."""
    for key in secret.mapping().get("stringData") or ():
        if reason := names.config_map_key(key):
            yield secret["stringData"][key].found(
                f"the key `{key[:60]}`: {reason}",
                help=instead(key, names.config_map_key),
                key=True,
                path=f"data[{key}]",
            )
