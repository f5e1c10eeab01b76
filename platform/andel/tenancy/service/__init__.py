"""Use cases of the control plane: regions read from folders, checked and tried."""
