"""A pod brings entries of /etc/hosts of its own.

Addresses in a manifest go out of date without a word: the pod goes on speaking to whoever has the address now.
Entries for public names also hide where the traffic goes.

Use DNS: a Service without a selector, or of type ExternalName.

See https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.ADVICE, needs=("hostAliases",))
def check(pod: PodSpec) -> Findings:
    """Find hostAliases, but for the addresses of the pod itself."""
    for index, alias in enumerate(pod.value.get("hostAliases") or ()):
        if alias and not str(alias.get("ip")).startswith(("127.", "::1")):
            yield pod["hostAliases"][index].found(
                f"the address {alias.get('ip')} is fixed in the pod's /etc/hosts",
                consequence="when it changes, the pod speaks to whoever has it then",
                help="use a Service without a selector, or of type ExternalName",
            )
