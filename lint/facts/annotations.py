"""Annotations that were fields once, under their old names."""

from __future__ import annotations

APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"


SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
