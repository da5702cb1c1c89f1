"""A chart whose Chart.yaml, dependencies or archive Helm does not take.

Helm reads Chart.yaml, requirements.yaml, .helmignore and the archives in charts/ before anything else. A name or version that is
missing or of a wrong form, an unknown apiVersion, an alias with other signs than letters, digits, `-` and `_`, or an archive that
cannot be unpacked stops `helm install` at once: nothing of the chart is applied.

Correct the line. `name` and a semantic `version` are the least that a Chart.yaml needs, with `apiVersion: v2`.

See https://helm.sh/docs/topics/charts/#the-chartyaml-file
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
