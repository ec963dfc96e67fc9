from __future__ import annotations

from training.names import forms


def test_the_forms_of_names_are_in_one_place() -> None:
    assert all(callable(getattr(forms, name)) for name in forms.__all__)
    assert forms.kazakh_form("Асан", "dat") == "Асанға"
    assert forms.given("Асан", "dat", "m") == "Асану"
