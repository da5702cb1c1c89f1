"""A key of a ConfigMap stands in `data` and in `binaryData`.

Both become one file, so the API server refuses the key.

Remove it from one of the two.

See https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, ConfigMap, Findings, rule


@rule(Category.REJECTED, needs=("binaryData",))
def check(config: ConfigMap) -> Findings:
    """Find keys with two values."""
    values = config.mapping()
    binary = values.get("binaryData") or ()
    if not binary:
        return
    for key in values.get("data") or ():
        if key in binary:
            yield config["data"][key].found(
                f"the key `{key}` stands in `binaryData` too",
                help="remove one of them",
                key=True,
                related=(("the other one", config["binaryData"][key]),),
            )
