"""A ConfigMap holds a password, token or key.

ConfigMaps are not meant to be confidential: far more people and programs may read them than Secrets, and encryption
at rest mostly leaves them out.

Move the value to a Secret, and mount or project both into the same folder.

See https://kubernetes.io/docs/concepts/configuration/configmap/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, ConfigMap, Findings, rule
from kubetrial.lint.facts import secrets

_FILES = (".env", ".properties", ".ini", ".conf", ".cfg", ".cnf", ".yaml", ".yml", ".json", ".toml")


@rule(Category.SECURITY, needs=("data",))
def check(config: ConfigMap) -> Findings:
    """Find keys, and lines of configuration files, that are secrets by their name or form."""
    for key, value in config["data"].mapping().items():
        if value.__class__ is not str or len(value) > 200_000:
            continue
        if "\n" not in value.strip():
            what = key if secrets.looks_secret(key, value) else ""
        elif secrets.certain(value):
            what = f"a part of {key}"
        else:
            names = [name for name, _ in secrets.inside(value)] if key.endswith(_FILES) or "." not in key else []
            what = f"{', '.join(dict.fromkeys(names))} in {key}" if names else ""
        if what:
            yield config["data"][key].found(
                f"{what} is a secret, and ConfigMaps are read by many",
                help="move it to a Secret",
                key=True,
            )
