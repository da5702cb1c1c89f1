"""A seccomp or AppArmor profile whose type and file contradict one another.

The type Localhost needs `localhostProfile`, the file or profile on the node; the other types have none. A seccomp
file is named below the kubelet's folder for profiles. The API server refuses the pod.

Write `type: Localhost` together with localhostProfile, or `type: RuntimeDefault` alone.

See https://kubernetes.io/docs/tutorials/security/seccomp/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Profile, rule


@rule(Category.REJECTED, needs=("localhostProfile", "type"))
def check(profile: Profile) -> Findings:
    """Find profiles without their file; follows validateSeccompProfileField and ValidateAppArmorProfileField."""
    values = profile.mapping()
    kind, local = values.get("type") or "", values.get("localhostProfile")
    is_apparmor = profile.key == "appArmorProfile"
    if kind != "Localhost":
        known = kind in ("RuntimeDefault", "Unconfined")
        if local is not None and (known or not is_apparmor):
            yield profile["localhostProfile"].found(
                f"localhostProfile is for the type Localhost, and this profile is {kind or 'of no type'}",
                help="write `type: Localhost`, or remove localhostProfile",
                key=True,
            )
    elif local is None or (is_apparmor and not local):
        yield profile["localhostProfile"].found(
            "the type Localhost needs `localhostProfile`", help="name the profile on the node"
        )
    elif is_apparmor and local != local.strip():
        yield profile["localhostProfile"].found(f"the profile `{local}` has blanks around it", help="remove them")
    elif not is_apparmor and local.startswith("/"):
        yield profile["localhostProfile"].found(
            f"`{local}` is absolute; the path begins below the kubelet's folder for profiles",
            help=f"write `{local.lstrip('/')}`",
        )
    elif not is_apparmor and ".." in local.split("/"):
        yield profile["localhostProfile"].found(
            f"`{local}` leaves the kubelet's folder for profiles by `..`", help="write the path without .."
        )
