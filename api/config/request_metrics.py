"""Request counters for Prometheus; other figures are read when they are scraped."""

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

OPEN_ENDED = "/stream"
"""A route whose answers last as long as a client reads."""


class Meters:
    """The counters of one server, in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library left it untyped
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "barfrub_requests",
            "Requests answered, by route",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._took = Histogram(
            "barfrub_request_seconds",
            "Time to answer, by route",
            ("route",),
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self._counted: dict[tuple[str, str, int], tuple[Counter, Histogram | None]] = {}

    def count(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count an answered request."""
        counted = self._counted.get((method, route, status))
        if counted is None:  # to look up what labels name takes as long as to count
            took = None if route == OPEN_ENDED else self._took.labels(route)
            counted = self._requests.labels(method, route, str(status)), took
            self._counted[method, route, status] = counted
        requests, took = counted
        requests.inc()
        if took is not None:
            took.observe(took_s)
