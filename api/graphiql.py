"""GraphiQL for those who develop a client: all of it served from here, and nothing else may be loaded."""

from pathlib import Path
from typing import Any, Final

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

FOLDER: Final = Path(__file__).with_name("graphiql")
PAGE: Final = (FOLDER / "index.html").read_bytes()
CONTENT_SECURITY_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = ((b"content-security-policy", CONTENT_SECURITY_POLICY), (b"referrer-policy", b"no-referrer"))


class Assets(StaticFiles):
    """The page's parts, and the page once more: under the same policy, because a browser may open any."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.raw_headers += [*HEADERS, (b"x-content-type-options", b"nosniff")]
        return response


ASSETS: Final = Mount("/graphiql", Assets(directory=FOLDER))
