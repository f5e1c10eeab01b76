"""What the API says of services and their costs, and of runs, allocations and charges."""
