"""The views of kinds: each found by its name and by the type of its objects, and none without its module's place in the table."""

from __future__ import annotations

from importlib import import_module

import pytest
from kubetrial.lint.objects import views
from kubetrial.lint.objects.views import Object

from tests.conftest import ROOT

AREAS = sorted(
    path.stem for path in (ROOT / "lint" / "objects" / "views").glob("*.py") if not path.stem.startswith("_")
)


@pytest.mark.parametrize("area", AREAS)
def test_each_class_is_found_by_its_name_and_type(area: str) -> None:
    module = import_module(f"kubetrial.lint.objects.views.{area}")
    own = [
        one
        for name, one in vars(module).items()
        if isinstance(one, type) and one.__module__ == module.__name__ and not name.startswith("_")
    ]
    assert own
    for view in own:
        assert getattr(views, view.__name__) is view
        if issubclass(view, Object) and view.schema:
            assert views.of_type(view.schema) is view


def test_the_table_of_types_names_views_of_them() -> None:
    for kind in views.TYPES:
        view = views.of_type(kind)
        assert view is not None
        assert view.schema == kind
    assert views.of_type("apps.v1.Nothing") is None
    with pytest.raises(AttributeError):
        views.Nothing  # noqa: B018
