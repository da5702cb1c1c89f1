"""A custom resource that a rule of its own definition refuses.

A CustomResourceDefinition of the set has a rule in CEL (`x-kubernetes-validations`) that is false for this object, with the defaults of
the schema filled in. The API server evaluates the rules of a definition whenever a resource of it is created or changed. Rules about
changes (`oldSelf`) say nothing about a new object, and what needs the server is counted and left to it.

The message is the definition's own; change the object so that the rule holds.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
