"""The judgement on manifests: texts in, findings out. `check_texts` is the whole of it, read from top to bottom in checking.py."""

from kubetrial.lint.engine.checked import Checked as Checked
from kubetrial.lint.engine.checking import check_texts as check_texts
from kubetrial.lint.engine.choice import Choice as Choice
from kubetrial.lint.engine.choice import Known as Known
from kubetrial.lint.engine.placing import in_order as in_order
from kubetrial.lint.engine.placing import ref as ref
from kubetrial.lint.files.text import Text as Text
