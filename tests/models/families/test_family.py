from typing import Any

import pytest

from app.models.families.family import count, string


def test_null_is_no_text_and_a_number_is_none() -> None:
    assert string("a") == "a"
    assert string(None) == ""
    with pytest.raises(TypeError):
        string(1)


def test_a_count_is_a_natural_number_or_missing() -> None:
    assert count(0) == 0
    assert count(None) is None
    wrongs: list[Any] = [-1, "7", 1.5, {}]
    for wrong in wrongs:
        with pytest.raises(TypeError):
            count(wrong)
