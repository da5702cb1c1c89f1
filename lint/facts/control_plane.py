"""Names of the control plane that old clusters used."""

from __future__ import annotations

OLD_ROLE = "node-role.kubernetes.io/master"
