"""Tables in words: yes and no, thousands set apart where numbers count something, and names of things as they are."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest


def drawn() -> None:
    from pages.components.drawing import table

    rows = [{"Order": 12345, "Spent": 2999.5, "Small": 0.25, "Late": True}, {"Order": 7, "Spent": 3, "Small": 1.5}]
    table(rows, counts={"Spent", "Small"})


def test_a_table_is_said_as_people_say_it() -> None:
    app = AppTest.from_function(drawn)
    app.run()
    assert not app.exception
    (frame,) = app.dataframe
    assert frame.value["Late"].tolist()[0] == "yes"
    columns = json.loads(frame.proto.columns)
    assert columns["Spent"]["type_config"]["format"] == "localized"
    assert [name for name in columns if "format" in columns[name].get("type_config", {})] == ["Spent"]
