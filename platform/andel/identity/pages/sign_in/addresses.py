"""Where the pages of signing in are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from andel.identity.model.oidc.answers import local_path


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one region's pages of signing in, by the region's key."""

    tenant: str

    @property
    def home(self) -> str:
        """The region's first page."""
        return f"/{self.tenant}/"

    @property
    def form(self) -> str:
        """The sign-in page, without anything asked."""
        return f"/{self.tenant}/logga-in"

    @property
    def out(self) -> str:
        """Signing out."""
        return f"/{self.tenant}/logga-ut"

    @property
    def left(self) -> str:
        """Where a provider sends people after they signed out there."""
        return f"/{self.tenant}/utloggad"

    @property
    def sessions(self) -> str:
        """One's own sessions."""
        return f"/{self.tenant}/inloggningar"

    @property
    def switch(self) -> str:
        """Choosing an employment."""
        return f"/{self.tenant}/uppdrag"

    def sign_in(self, back: str = "", **asked: str) -> str:
        """The sign-in page; ``organisation`` is a deep link to one organization."""
        return _with(self.form, back, **asked)

    def start(self, way: str, back: str = "", *, confirm: bool = False) -> str:
        """The way to a provider; ``confirm`` proves anew who is signed in already."""
        return _with(f"{self.form}/{way}/starta", back, **({"bekrafta": "1"} if confirm else {}))

    def answer(self, way: str) -> str:
        """The redirect URI of a provider."""
        return f"{self.form}/{way}/svar"

    def choose(self, back: str = "") -> str:
        """Choosing an employment, on the way to a page."""
        return _with(self.switch, back)

    def step_up(self, back: str = "") -> str:
        """Why somebody must prove anew who they are, and the way there."""
        return _with(f"/{self.tenant}/legitimera", back)


def sign_in_address(tenant: str, back: str) -> str:
    """Return where whoever must sign in is sent, for ``Guard.sign_in``."""
    return Addresses(tenant).sign_in(back)


def step_up_address(tenant: str, back: str) -> str:
    """Return where whoever must prove anew who they are is sent, for ``Guard.step_up``."""
    return Addresses(tenant).step_up(back)


def _with(path: str, back: str, **asked: str) -> str:
    back = local_path(back)
    values = {**asked, **({"next": back} if back != "/" else {})}
    return f"{path}?{urlencode(values)}" if values else path
