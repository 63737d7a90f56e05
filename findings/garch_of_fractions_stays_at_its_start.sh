#!/usr/bin/env bash
# arch 8.0.0: GARCH(1,1) on returns given as fractions (0.01 is one percent) ends on its grid of starting values and
# reports convergence. The same returns in percent are really fitted. With rescale=False, as one sets it to keep units.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check arch==8.0.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 statsmodels==0.15.0 2>/dev/null
"$room/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
from arch import arch_model

GRID = {0.01, 0.05, 0.1, 0.2}, {0.5, 0.7, 0.9, 0.98}  # of alpha, and of alpha + beta, where the search begins


def returns(seed: int) -> np.ndarray:
    """1,500 daily returns of a GARCH(1,1) with alpha .08 and beta .90, around one percent a day."""
    rng, variance, found = np.random.default_rng(seed), 1e-4, []
    for _ in range(1500):
        found.append(rng.normal() * variance**0.5)
        variance = 2e-6 + 0.08 * found[-1] ** 2 + 0.90 * variance
    return np.array(found)


def fitted(values: np.ndarray):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing warns
        return arch_model(values, mean="Zero", vol="GARCH", p=1, q=1, rescale=False).fit(disp="off")


stuck = 0
for seed in range(5):
    as_fractions, in_percent = fitted(returns(seed)), fitted(100 * returns(seed))
    alpha, beta = (round(float(as_fractions.params[name]), 6) for name in ("alpha[1]", "beta[1]"))
    true_alpha, true_beta = (round(float(in_percent.params[name]), 4) for name in ("alpha[1]", "beta[1]"))
    print(f"fractions: alpha {alpha}, beta {beta}; percent: alpha {true_alpha}, beta {true_beta}")
    assert as_fractions.convergence_flag == in_percent.convergence_flag == 0
    stuck += all(any(abs(x - g) < 1e-4 for g in grid) for x, grid in zip((alpha, alpha + beta), GRID, strict=True))
print(f"Seen: {stuck} of 5 series given as fractions end where the search began; all say that they converged.")
assert stuck == 5, "series given as fractions are fitted now"
PYTHON
