"""The entry point, before the command line is loaded."""

import builtins
from typing import Any

import pytest

from app.__main__ import main


def test_ctrl_c_while_the_command_line_is_loaded_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = builtins.__import__

    def interrupted(name: str, *rest: Any) -> Any:
        if name == "app.cli":
            raise KeyboardInterrupt
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
