#!/usr/bin/env bash
# Streamlit 1.67.0: a value that a callback writes over another widget's counts as moved back by the visitor when the browser
# speaks again before the answer has arrived: its message still carries the old value. The other widget's own callback runs,
# though nobody touched it. So the second of two quick presses of a slider's key may undo the first.
set -euo pipefail
room=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check streamlit==1.67.0 websockets==17.4 2>/dev/null
cat > "$room/app.py" <<'APP'
from pathlib import Path

import streamlit as st

heard = Path(__file__).with_name("heard.txt")


def moved() -> None:
    heard.open("a").write(f"slider {st.session_state.speed}\n")
    st.session_state.preset = "own"  # the slider is nobody's preset any more


def chosen() -> None:
    heard.open("a").write(f"preset {st.session_state.preset}\n")


st.slider("Speed", 0, 9, 5, key="speed", on_change=moved)
st.selectbox("Preset", ["usual", "own"], key="preset", on_change=chosen)
APP
port=18765
(cd "$room" && exec "$room/venv/bin/python" -m streamlit run app.py --server.headless=true --server.port=$port \
  --browser.gatherUsageStats=false >/dev/null 2>&1) &
"$room/venv/bin/python" - "$room/heard.txt" $port <<'PYTHON'
import asyncio
import sys
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect


async def run_ended(socket, ids: dict[str, str]) -> None:
    """Wait for the end of a run; note the widgets' ids as they come."""
    while True:
        message = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(), 60))
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "slider":
                ids["speed"] = element.slider.id
            elif element.WhichOneof("type") == "selectbox":
                ids["preset"] = element.selectbox.id
        if kind == "script_finished":
            return


async def main(port: str) -> None:
    for _ in range(120):
        try:
            socket = await connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None)
            break
        except OSError:
            await asyncio.sleep(0.5)
    ids: dict[str, str] = {}

    def rerun(speed: int | None) -> bytes:
        message = BackMsg()
        message.rerun_script.query_string = ""
        if speed is not None:  # as the browser tells: every widget, the select box as it was drawn
            one, other = (message.rerun_script.widget_states.widgets.add() for _ in range(2))
            one.id, other.id = ids["speed"], ids["preset"]
            one.double_array_value.data.append(speed)
            other.string_value = "usual"
        return message.SerializeToString()

    for speed in (None, 6, 7):
        await socket.send(rerun(speed))
        await run_ended(socket, ids)
    await socket.close()


asyncio.run(main(sys.argv[2]))
heard = Path(sys.argv[1]).read_text().split("\n")[:-1]
print(heard)
assert heard[0] == "slider 6", heard
assert len(heard) == 3 and heard[2].startswith("preset"), "the select box that nobody touched is left alone now"
print("Seen: the second move of the slider ran the select box's callback as well.")
PYTHON
