"""Finds plugins, keeps each region's view of them, and examines every result before anyone sees it."""
