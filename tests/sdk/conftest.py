from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)  # a busy machine and chance fail no test
settings.load_profile("steady")
