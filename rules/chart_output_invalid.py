"""A template that prints what is no YAML, or no object of Kubernetes.

Helm reads each rendered document before it sends it. Lines at a wrong indentation, an unquoted text with `: ` or a leading `*`, or a
list where `metadata` should be a mapping make `helm install` stop with a YAML parse error that names a line of the rendered text, not
of the template.

Indent blocks with `nindent` and the number of spaces at which the block stands, and quote texts with `quote`.

See https://helm.sh/docs/chart_template_guide/yaml_techniques/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
