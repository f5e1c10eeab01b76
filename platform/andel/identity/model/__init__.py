"""Roles, permissions and what the region keeps open: decisions without a database."""
