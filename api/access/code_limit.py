"""How often codes may be tried: by address, and by everybody together."""

from api.access.auth import SignInLimit

ADDRESS_FAILURES = 10
"""Wrong codes of one address within five minutes: gloves, and a whole yard behind one router."""

ALL_FAILURES = 300
"""Wrong codes of all addresses together: many guessers are no quicker than thirty."""

REQUEST_FAILURES = 20
"""Wrong codes of one request within five minutes: 100 million codes last for decades."""

_CODE = "code"
_ALL = "all"


class CodeLimit:
    """Counts wrong codes and refuses too many; who is in already is not disturbed."""

    def __init__(self) -> None:
        self._by_address = SignInLimit(ADDRESS_FAILURES, ADDRESS_FAILURES)
        self._of_all = SignInLimit(ALL_FAILURES, ALL_FAILURES)

    def check(self, address: str, now_s: float) -> None:
        """Raise `TooManyError` while there were too many wrong codes."""
        self._by_address.check(_CODE, address, now_s)
        self._of_all.check(_CODE, _ALL, now_s)

    def failed(self, address: str, now_s: float) -> None:
        """Remember a wrong code."""
        self._by_address.failed(_CODE, address, now_s)
        self._of_all.failed(_CODE, _ALL, now_s)


class TrackCodeLimit:
    """Counts wrong codes of requests by address and by request, so that nobody is locked out whole.

    Many guessers of one request are no quicker than one.
    """

    def __init__(self) -> None:
        self._by_address = SignInLimit(ADDRESS_FAILURES, ADDRESS_FAILURES)
        self._by_request = SignInLimit(REQUEST_FAILURES, REQUEST_FAILURES)

    def check(self, reference: str, address: str, now_s: float) -> None:
        """Raise `TooManyError` while there were too many wrong codes."""
        self._by_address.check(_CODE, address, now_s)
        self._by_request.check(_CODE, reference, now_s)

    def failed(self, reference: str, address: str, now_s: float) -> None:
        """Remember a wrong code."""
        self._by_address.failed(_CODE, address, now_s)
        self._by_request.failed(_CODE, reference, now_s)
