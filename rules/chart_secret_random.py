"""A password that the chart makes anew at every upgrade.

`randAlphaNum` and its kin give another text whenever the template is rendered: at every `helm upgrade` (and every sync of Argo CD or
Flux) the Secret changes. Programs that are running keep the old password, a database keeps the one that it was set up with, and who
starts next gets the new one and is refused.

Keep what is there: read it with `lookup` and make one only where it finds none, or take the password from a value or from a Secret that
somebody else makes.

See https://helm.sh/docs/howto/charts_tips_and_tricks/
"""

from __future__ import annotations

import base64
import binascii

from kubetrial.lint.authoring import Category, Chart, Findings, hook_events, rule

_RANDOM = "kubetrialrandom"
_KEEP = ("lookup", "IsInstall", "IsUpgrade")


@rule(Category.RISKY)
def check(chart: Chart) -> Findings:
    """Find random texts in Secrets whose templates look up nothing."""
    texts = {chart.shown(text.file): text.text for _, text in chart.templates()}
    helpers = (text.text for name, text in chart.facts.templates.items() if name.endswith(".tpl"))
    keeps = any(word in text for text in helpers for word in _KEEP)
    for obj in chart.objects:
        if obj.kind != "Secret" or keeps or "pre-install" in hook_events(obj):
            continue
        if obj["metadata"]["annotations"].get("helm.sh/resource-policy") == "keep":
            continue
        for field in ("data", "stringData"):
            for entry in obj[field].fields():
                if not _is_random(entry.value, encoded=field == "data"):
                    continue
                file = entry.document.file_of(entry.document.find(entry.steps)[0])
                if file not in texts or any(word in texts[file] for word in _KEEP):
                    continue
                yield entry.found(
                    f"`{entry.key}` is random, and another one at each upgrade",
                    consequence="pods that start after an upgrade get another password than those that run and what they have stored",
                    help="look the Secret up and keep what it holds, or take the password from a value",
                    key=True,
                )


def _is_random(value: object, encoded: bool) -> bool:
    """Whether a value is made of what stands for a random text; certificates are no passwords."""
    if not isinstance(value, str):
        return False
    if encoded:
        try:
            value = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return False
    return value.startswith(_RANDOM[:8]) and _RANDOM.startswith(value[: len(_RANDOM)])
