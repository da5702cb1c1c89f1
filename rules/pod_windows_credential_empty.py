"""An empty GMSA credential of a Windows pod.

`gmsaCredentialSpec` holds the content of a credential spec; the API server refuses an empty one.

Remove the field, or name the credential in `gmsaCredentialSpecName`.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-gmsa/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, WindowsSecurityContextOptions, rule


@rule(Category.REJECTED, needs=("gmsaCredentialSpec",))
def check(options: WindowsSecurityContextOptions) -> Findings:
    """Find empty credentials; follows validateWindowsSecurityContextOptions in core/validation."""
    if options.mapping().get("gmsaCredentialSpec") == "":
        yield options["gmsaCredentialSpec"].found("the credential is empty", help="remove it")
