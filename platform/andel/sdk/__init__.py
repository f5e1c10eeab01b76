"""All that a plugin may import: values, the cost model contract, settings, errors and the examination kit."""
