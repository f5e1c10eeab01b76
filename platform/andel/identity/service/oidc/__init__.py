"""Signing in by OpenID Connect: what fetches, remembers and writes around the pure checks of ``model.oidc``."""
