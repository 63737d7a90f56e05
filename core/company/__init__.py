"""The company around a model: what training takes, what a case earns, what is assumed. Pure formulas; draws nothing."""
