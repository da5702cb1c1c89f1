"""Values that cannot be read, or that the schema of the chart refuses.

Helm reads values.yaml and the files of `--values` as YAML mappings, and holds what comes out of all of them against
values.schema.json of the chart and of each dependency. What does not fit stops `helm install` before a template is rendered.

Write the value as the schema wants it, or mend the schema. A number in quotes is text, and text without quotes may be a number.

See https://helm.sh/docs/topics/charts/#schema-files
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
