"""A projected volume whose sources contradict one another.

Each item of `sources` has one source, no two files of the volume have the same path, a trust bundle is named by
`name` or by `signerName`, and a pod certificate needs a path for what it holds. The API server refuses the pod.

Write one `- ` for each source, and give each file its own path.

See https://kubernetes.io/docs/concepts/storage/projected-volumes/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, Volume, rule
from kubetrial.lint.objects.projections import projected_paths
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_SOURCES = ("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate")
_DAY = 86400


@rule(Category.REJECTED, needs=("projected",))
def check(volume: Volume) -> Findings:
    """Find what cannot be projected together; follows validateProjectionSources in core/validation."""
    projected = volume.mapping().get("projected")
    if not projected:
        return
    sources = volume["projected"]["sources"]
    seen: dict[str, Node] = {}
    for index, source in enumerate(projected.get("sources") or ()):
        if not source:
            continue
        node = sources[index]
        present = [name for name in _SOURCES if source.get(name) is not None]
        if len(present) > 1:
            yield node[present[1]].found(
                f"one item of sources has `{present[0]}` and `{present[1]}`",
                help=f"write `- {present[1]}` as an item of its own",
                key=True,
                path=node.path,
            )
        for place, path in projected_paths(source):
            if place[0] == "serviceAccountToken":
                continue  # the server does not compare the path of a token
            file = node.at(*place)
            if path in seen:
                yield file.found(
                    f"two files of this volume have the path `{path}`",
                    help="give each its own path",
                    related=(("the other one", seen[path]),),
                    path=volume["projected"].path,
                )
            seen.setdefault(path, file)
        if "clusterTrustBundle" in present:
            yield from _trust_bundle(node["clusterTrustBundle"], source["clusterTrustBundle"])
        if "podCertificate" in present:
            yield from _certificate(node["podCertificate"], source["podCertificate"])


def _trust_bundle(node: Node, values: dict[str, Any]) -> Findings:
    name, signer = values.get("name"), values.get("signerName")
    if name is not None and signer is not None:
        yield node.found(
            "a trust bundle is named by `name` or by `signerName`, not by both", help="keep one of them", key=True
        )
    elif name is not None:
        reason = names.dns_subdomain(name.rpartition(":")[2])
        if reason:
            yield node["name"].found(f"the name is `{name}`: {reason}", help=instead(name, names.dns_subdomain))
        if values.get("labelSelector") is not None:
            yield node["labelSelector"].found(
                "labelSelector chooses among the bundles of a signerName, and this one has a `name`",
                help="remove labelSelector, or write signerName instead of name",
                key=True,
            )
    elif signer is not None:
        reason = names.signer_name(signer)
        if reason:
            yield node["signerName"].found(
                f"the signerName is `{signer}`: {reason}", help="write a name such as example.com/signer"
            )
    else:
        yield node.found(
            "a trust bundle needs `name` or `signerName`",
            help="write the name of a ClusterTrustBundle, or a signerName",
            key=True,
        )


def _certificate(node: Node, values: dict[str, Any]) -> Findings:
    if not any(values.get(field) for field in ("credentialBundlePath", "keyPath", "certificateChainPath")):
        yield node.found(
            "a pod certificate needs one of credentialBundlePath, keyPath and certificateChainPath",
            help="write `credentialBundlePath`, such as tls.pem",
            key=True,
        )
    for key in values.get("userAnnotations") or ():
        reason = names.prefixed_name(key.lower())
        if reason:
            yield node["userAnnotations"][key].found(
                f"the key `{key}`: {reason}", help=instead(key, names.prefixed_name), key=True
            )
    host = (values.get("signerName") or "").partition("/")[0]
    seconds = values.get("maxExpirationSeconds") or 0
    if _DAY < seconds <= 91 * _DAY and (host == "kubernetes.io" or host.endswith(".kubernetes.io")):
        yield node["maxExpirationSeconds"].found(
            f"maxExpirationSeconds is {seconds}; the signers of kubernetes.io give at most {_DAY} (one day)",
            help=f"write at most {_DAY}",
        )
