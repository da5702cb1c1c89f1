"""The name of a container image, taken apart."""

from __future__ import annotations

from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.values.remembered import remembered


@dataclass(frozen=True, slots=True)
class Image:
    """`name` has the registry in front (docker.io, docker.io/library where none is written); tag and digest may be empty."""

    name: str
    tag: str
    digest: str


def read(text: str) -> Image:
    """`web:1.2` -> docker.io/library/web, 1.2; follows the reference package of distribution, without its checks."""
    rest, _, digest = text.strip().partition("@")
    folder, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    name = f"{folder}{slash}{last}"
    first = name.partition("/")[0]
    if not slash:
        name = f"docker.io/library/{name}"
    elif "." not in first and ":" not in first and first != "localhost":
        name = f"docker.io/{name}"
    return Image(name, tag, digest)


@remembered(2048)
def wrong_with(text: str) -> str | None:
    """Why no client of a registry can parse a reference, in words; None where it can be parsed.

    Follows ParseNormalizedNamed of distribution/reference, which the kubelet asks before it pulls, and Validate of go-digest.
    """
    if _IDENTIFIER.fullmatch(text):
        return "64 hexadecimal digits are the id of an image, not its name"
    if "://" in text:
        return "a reference has no scheme"
    rest, at, digest = text.partition("@")
    domain, path = _domain_and_path(rest)
    path, colon, tag = path.partition(":")
    if domain and not _DOMAIN.fullmatch(domain):
        return f"`{domain}` is no host of a registry"
    return _wrong_path(path) or (_wrong_tag(tag) if colon else None) or (_wrong_digest(digest) if at else None)


_LIBRARY = "docker.io/library/"
_ROOT_IMAGES = frozenset(
    (
        "nginx", "httpd", "redis", "valkey", "postgres", "mysql", "mariadb", "mongo", "rabbitmq", "caddy", "traefik", "wordpress",
        "busybox", "alpine", "ubuntu", "debian", "fedora", "rockylinux", "almalinux", "amazonlinux", "python", "node", "golang",
        "php", "ruby", "rust", "openjdk", "eclipse-temurin", "tomcat", "registry", "nextcloud", "drupal", "joomla", "zookeeper",
        "couchdb", "docker",
    )
)  # fmt: skip
"""Images of Docker's library whose configuration names no user, in all of their versions: their first process is root's."""


def starts_as_root(text: object) -> bool:
    """Whether an image is known to name no user, so that its process is root's where the pod says nothing else."""
    return library_name(text) in _ROOT_IMAGES and "rootless" not in str(text)


def library_name(text: object) -> str:
    """The name of an image of Docker's library, however its registry is written; empty for any other."""
    if not isinstance(text, str):
        return ""
    name = read(text).name.replace("index.docker.io/", "docker.io/")
    if name.count("/") == 1:
        name = name.replace("docker.io/", _LIBRARY)
    return name.removeprefix(_LIBRARY) if name.startswith(_LIBRARY) else ""


_PORT_VARIABLES = {
    "cp-kafka": "KAFKA",
    "cp-server": "KAFKA",
    "cp-schema-registry": "SCHEMA_REGISTRY",
    "cp-kafka-rest": "KAFKA_REST",
    "verdaccio": "VERDACCIO",
    "superset": "SUPERSET",
}


def port_variable(text: object) -> str:
    """The stem of the variable `STEM_PORT` that the start script of an image reads though nobody sets it; empty for any other image.

    Those of Confluent end where it is set ("PORT is deprecated"), the others listen on what it says.
    """
    name = text.rpartition("/")[2].partition("@")[0].partition(":")[0] if isinstance(text, str) else ""
    return _PORT_VARIABLES.get(name, "")


_WRITES = {
    "nginx": (("/var/cache/nginx", "/var/run"), ("/etc/nginx",)),
    "httpd": (("/usr/local/apache2/logs",), ("/usr/local/apache2/conf",)),
    "postgres": (("/var/run/postgresql",), ("/etc/postgresql",)),
    "mysql": (("/var/run/mysqld", "/tmp"), ("/etc/mysql", "/etc/my.cnf")),
    "mariadb": (("/run/mysqld", "/tmp"), ("/etc/mysql",)),
}
"""Image of Docker's library -> (folders that its program needs to write to, beside its data; where its configuration lies)."""


def written_beside_data(text: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the folders that a known program writes to beside its data, where its configuration lies); both empty for others."""
    name = library_name(text)
    return _WRITES.get(name, ((), ()))


_WITHOUT_SHELL = pattern(
    r"gcr\.io/distroless/(?:static|base|cc|java\d*|nodejs\d*)(?:-debian\d+)?|docker\.io/coredns/coredns|registry\.k8s\.io/coredns/coredns|"
    r"(?:registry\.k8s\.io|k8s\.gcr\.io|quay\.io)/(?:sig-storage|k8scsi)/(?:csi-(?:node-driver-registrar|provisioner|attacher|resizer|snapshotter|"
    r"external-health-monitor-controller)|livenessprobe|snapshot-controller)|registry\.k8s\.io/pause|"
    r"registry\.k8s\.io/(?:kube-state-metrics/kube-state-metrics|metrics-server/metrics-server)|quay\.io/jetstack/cert-manager-[a-z]+"
)
"""Names of images that hold their own program and nothing else; python3 of distroless is none, which long had a shell."""


def has_no_shell(text: object) -> bool:
    """Whether an image is known to hold neither a shell nor tools; variants for debugging do."""
    if not isinstance(text, str):
        return False
    image = read(text)
    return "debug" not in image.tag and _WITHOUT_SHELL.fullmatch(image.name) is not None


_IDENTIFIER = pattern(r"[a-f0-9]{64}")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = pattern(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_COMPONENT = pattern(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_TAG = pattern(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}
_LONGEST_PATH = 255


def _domain_and_path(text: str) -> tuple[str, str]:
    """The registry, empty where none is written, and the rest; follows splitDockerDomain."""
    first, slash, rest = text.partition("/")
    if not slash:
        return "", f"library/{text}"
    if first != "localhost" and not any(sign in first for sign in ".:") and first.lower() == first:
        return "", text
    is_hub = first in ("docker.io", "index.docker.io")
    return first, f"library/{rest}" if is_hub and "/" not in rest else rest


def _wrong_path(path: str) -> str | None:
    if len(path) > _LONGEST_PATH:
        return f"the repository's name is longer than {_LONGEST_PATH} characters"
    for part in path.split("/"):
        if _COMPONENT.fullmatch(part):
            continue
        if _COMPONENT.fullmatch(part.lower()):
            return f"`{part}` has capitals, and the name of a repository is in lower case"
        return f"`{part}` is no part of a repository's name" if part else "a part of the repository's name is empty"
    return None


def _wrong_tag(tag: str) -> str | None:
    if not tag:
        return "nothing stands behind the colon"
    return None if _TAG.fullmatch(tag) else f"`{tag}` is no tag"


def _wrong_digest(digest: str) -> str | None:
    if not digest:
        return "nothing stands behind the @"
    algorithm, _, encoded = digest.partition(":")
    wanted = _DIGITS.get(algorithm)
    if wanted is None:
        return f"`{digest}` is no digest such as sha256:…"
    if len(encoded) != wanted:
        return f"the digest has {len(encoded)} digits and {algorithm} has {wanted}"
    return (
        None if all(c in "0123456789abcdef" for c in encoded) else "the digest is not in lower-case hexadecimal digits"
    )
