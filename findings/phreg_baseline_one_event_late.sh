#!/usr/bin/env bash
# statsmodels 0.15.0, PHReg: the baseline cumulative hazard lags one event time behind Breslow's estimate. At the first
# event time it is 0 and survival is 1, though one has just died; every later value is that of the event before.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 2>/dev/null
"$room/venv/bin/python" - <<'PYTHON'
import numpy as np
from statsmodels.duration.hazard_regression import PHReg

time, event = np.arange(1.0, 12.0), np.ones(11)
treated = (np.arange(11) % 2 == 0).astype(float)[:, None]
fitted = PHReg(time, treated, status=event).fit()
at, hazard, survival = fitted.baseline_cumulative_hazard[0]
risk = np.exp(treated[:, 0] * fitted.params[0])
breslow = np.cumsum([1 / risk[time >= moment].sum() for moment in time])  # no ties: one event a time
print("event times    ", at[:4])
print("statsmodels says", hazard[:4].round(3), "survival", survival[:4].round(3))
print("Breslow         ", breslow[:4].round(3), "survival", np.exp(-breslow[:4]).round(3))
assert hazard[0] == 0 and survival[0] == 1, "the first event now counts at its own time"
assert np.allclose(hazard[1:], breslow[:-1]), "it no longer lags by exactly one event"
print("Seen: the same numbers, one event late.")
PYTHON
