"""What stands after the question mark of an address."""

from urllib.parse import parse_qsl

from api.over_http import Exchange
from api.params import Malformed


def query_of(exchange: Exchange) -> dict[str, str]:
    """Raises Malformed."""
    try:
        pairs = parse_qsl(
            exchange.scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=16,
        )
    except (UnicodeError, ValueError):
        raise Malformed("BAD_REQUEST", "The query string is not URL-encoded UTF-8.") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Malformed("BAD_REQUEST", "A parameter is given more than once.")
    return given
