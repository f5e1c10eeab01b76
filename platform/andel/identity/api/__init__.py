"""The interfaces that programs use to sign in, and directories to provision people."""

from andel.identity.api.oauth import oauth_api
from andel.identity.api.scim import scim_api

__all__ = ["oauth_api", "scim_api"]
