"""Result -> plotly figure: pure functions of a result and a Look. One look for all; traces are capped."""
