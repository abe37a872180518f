"""What a tool's folder may say of itself, and what is said when it breaks a rule."""

from pathlib import Path

import pytest

from app.settings import ToolSettings, WrongSettings, read, tool_table
from app.tools.declaration import WrongDeclaration, declaration_of, declarations


def folder(place: Path, content: str | None = None, group: str = "weather") -> Path:
    """A folder of tools with one group in it."""
    (place / group).mkdir()
    (place / group / "handler.py").touch()
    if content is not None:
        (place / group / "tool.toml").write_text(content)
    return place


def test_a_group_is_a_folder_with_a_handler(tmp_path: Path) -> None:
    (tmp_path / "no_tool").mkdir()
    folder(tmp_path, group="weather")
    folder(tmp_path, group="alarms")
    assert [one.group for one in declarations(tmp_path)] == ["alarms", "weather"]
    [_, weather] = declarations(tmp_path)
    assert (weather.table, weather.variables(None), weather.has_seed) == (None, {}, False)


def test_a_table_and_variables_are_declared(tmp_path: Path) -> None:
    content = """
        [table]
        partition_key = "town"
        sort_key = "day"
        actions = ["GetItem", "PutItem"]
        owner = "town"
        [environment]
        OUTCROP_WEATHER_UNIT = "celsius"
    """
    weather = declaration_of("weather", folder(tmp_path, content))
    assert weather.table
    assert (weather.table.keys, weather.table.actions) == (("town", "day"), ["GetItem", "PutItem"])
    assert weather.owned("ada") == {"town": "ada"}
    (tmp_path / "weather" / "seed.json").write_text("[]")
    assert weather.has_seed
    assert weather.variables("w") == {
        "OUTCROP_WEATHER_TABLE": "w",
        "OUTCROP_WEATHER_UNIT": "celsius",
    }
    with pytest.raises(WrongDeclaration, match="run python -m lambdas"):
        _ = weather.description


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[table", "weather/tool.toml is no TOML: "),
        ("memory = 3", "memory: Extra inputs are not permitted"),
        ("[table]\npartition_key = 'town'", "table.actions: Field required"),
        ("[table]\nactions = ['GetItem']", "table.partition_key: Field required"),
        ("[table]\npartition_key = 'a b'\nactions = ['GetItem']", "table.partition_key: .* match"),
        ("[table]\npartition_key = 'a'\nactions = []", "table.actions: .* at least 1 item"),
        ("[table]\npartition_key = 'a'\nactions = ['*']", "table.actions.0: Input should be"),
        ("[table]\npartition_key = 'a'\nactions = ['DeleteTable']", "table.actions.0: Input"),
        ("[environment]\nOUTCROP_WEATHER_UNIT = 7", "environment.OUTCROP_WEATHER_UNIT: .* string"),
        ("[environment]\nOUTCROP_MODEL_ID = 'x'", "OUTCROP_MODEL_ID has to begin with OUTCROP_WEA"),
        ("[environment]\nOUTCROP_WEATHER_TABLE = 'x'", "OUTCROP_WEATHER_TABLE .* is not TABLE"),
        ("[environment]\nPATH = 'x'", "PATH has to begin with OUTCROP_WEATHER_"),
    ],
)
def test_what_breaks_a_rule_is_named(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(WrongDeclaration, match=said):
        declaration_of("weather", folder(tmp_path, content))


@pytest.mark.parametrize("group", ["Weather", "1st", "x" * 31, "a-b"])
def test_a_folder_s_name_can_be_one_of_a_module_and_of_a_variable(
    tmp_path: Path, group: str
) -> None:
    with pytest.raises(WrongDeclaration, match="at most 30 small letters"):
        declarations(folder(tmp_path, group=group))


def test_a_tool_s_settings_are_its_group_s_and_others_are_still_misspelt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Unit(ToolSettings):
        orders_unit: str = "kg"

    monkeypatch.setenv("OUTCROP_ORDERS_TABLE", "the-orders")
    monkeypatch.setenv("OUTCROP_PRODUCTS_TABLE", "the-products")
    assert tool_table("orders") == "the-orders"
    assert read(Unit).orders_unit == "kg"
    with pytest.raises(WrongSettings, match="OUTCROP_WEATHER_TABLE: Field required"):
        tool_table("weather")
    monkeypatch.setenv("OUTCROP_ORDRES_TABLE", "x")
    with pytest.raises(WrongSettings, match="OUTCROP_ORDRES_TABLE is no setting; did you mean"):
        tool_table("orders")
