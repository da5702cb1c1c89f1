"""Text that is no YAML.

The API server, kubectl and every other tool stop at the first mistake in a document's YAML, so nothing of the document is applied.
kubetrial says where the reader stumbled and goes on with the next document of the file (after the next `---` line).

Frequent causes: a tab in the indentation, a missing space after `:` or `-`, an unclosed quote or bracket, a value that
begins with `{{`, `@`, `%` or a backtick and is not in quotes. A template has to be rendered first
(`helm template ... | kubetrial check -`).

See https://yaml.org/spec/1.1/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
