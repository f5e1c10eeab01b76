"""Use cases of shared costs: allocate, explain, verify."""
