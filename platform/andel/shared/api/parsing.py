"""Read parameters and bodies by their schemas; everything that is wrong is said at once, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser

from andel.sdk.errors import Complaint
from andel.sdk.text import Text
from andel.shared.api.bodies import LARGEST, check_size, read_json
from andel.shared.api.errors import Fault, InvalidError, MediaTypeError

MOST_TOLD: Final = 50
"""How many faults of one request are told."""

_JSON: Final = "application/json"


class StrictParser(FlaskParser):
    """Reads JSON of one meaning, parameters that are known and given once, and refuses with problems."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"json": None, "query": ma.RAISE}  # noqa: RUF012  (the base's)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ANN401, ARG002  (as the base's)
        """Read the body.

        Raises:
            MediaTypeError: it is said to be something else than JSON.
            TooLargeError, MalformedError: as ``read_json``.
        """
        if req.mimetype != _JSON or req.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            what = Text("Innehållet ska vara JSON i UTF-8.", "The body is to be JSON in UTF-8.")
            remedy = Text(f"Sänd Content-Type: {_JSON}.", f"Send Content-Type: {_JSON}.")
            raise MediaTypeError(what, where="Content-Type", remedy=remedy)
        check_size(req.content_length)
        req.max_content_length = LARGEST + 1  # one more than is received: Werkzeug cuts a body of unknown length there
        return read_json(req.get_data())

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ANN401  (as the base's)
        """Read the parameters of the address.

        Raises:
            InvalidError: one is given twice.
        """
        for name, values in req.args.lists():
            if len(values) > 1:
                what = Text("Parametern står två gånger.", "The parameter stands twice.")
                raise InvalidError(what, where=f"query.{name}", remedy=Text("Ge den en gång.", "Give it once."))
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,  # noqa: ARG002  (as the base's)
        schema: ma.Schema,  # noqa: ARG002  (as the base's)
        *,
        error_status_code: int | None,  # noqa: ARG002  (as the base's)
        error_headers: Mapping[str, str] | None,  # noqa: ARG002  (as the base's)
    ) -> NoReturn:
        """Refuse what does not fit the schema.

        Raises:
            InvalidError: with a complaint for each field.
        """
        raise InvalidError.of(list(complaints_of(error.messages))[:MOST_TOLD])


def complaints_of(messages: Any, where: str = "") -> Iterator[Complaint]:  # noqa: ANN401  (marshmallow's nested messages)
    """Yield a complaint for each fault, with the field that it is in: ``values[3].organization``, ``query.limit``."""
    match messages:
        case Mapping():
            for name, inner in messages.items():
                yield from complaints_of(inner, _within(where, name))
        case list():
            for inner in messages:
                yield from complaints_of(inner, where)
        case Fault(what, remedy):
            yield Complaint(what, where or "body", remedy)
        case _:
            yield Complaint(str(messages), where or "body")


def _within(where: str, name: object) -> str:
    if name in {"json", "_schema"}:
        return where
    if isinstance(name, int):
        return f"{where}[{name}]"
    shown = str(name)[:80]
    return f"{where}.{shown}" if where else shown
