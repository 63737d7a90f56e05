"""Result -> plotly figure, or HTML: pure functions of a result and a Look. One look for all; traces are capped."""
