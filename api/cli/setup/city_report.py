"""The printed reports of a city, a street update and a storm's coverage."""

from collections.abc import Sequence

from api.config.clock import Clock
from data.model import FormerSegment, Segment, SegmentId, StormId
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.setup.city import get_city
from data.store.storms.storms import get_storm
from data.streets.network import StreetNetwork
from fleet.evidence.storm_evidence import painted_storm
from fleet.setup.city_setup import Report
from fleet.setup.street_update import Newer
from maps.reports.coverage_table import CoveragePicture


def picture_of(tx: Tx, network: StreetNetwork, policy: Policy, storm: int) -> CoveragePicture:
    """Return a storm's coverage at its end, or now while it lasts."""
    found = get_storm(tx, StormId(storm))
    at = found.ended_at or Clock().now()
    states, coverage = painted_storm(tx, network, policy, found, at)
    return CoveragePicture(get_city(tx), network, policy, found, at, states, tuple(coverage))


def city_line(report: Report) -> str:
    """Return a city's line in the list."""
    size = f"{report['segments']:,} segments, {report['length_km']:,.0f} km"
    return f"{size:<32} {report.get('file', '')} {str(report.get('imported_at', ''))[:10]}"


def print_difference(newer: Newer, most: int | None) -> None:
    """Print what a newer street file changes, with at most `most` removed streets."""
    found = newer.difference
    print(
        f"Of the streets, {len(found.unchanged):,} are unchanged, {len(found.changed):,} changed, "
        f"{len(found.gone):,} removed; {len(found.new):,} new."
    )
    if newer.streets.service_ways:
        print(f"{len(newer.streets.service_ways):,} service ways, only to locate vehicles.")
    for vanished in sorted(found.gone, key=lambda each: -each.segment.length_m)[:most]:
        street = vanished.segment
        print(f"  {replaced_text(street.id, street, vanished.successors)}")
    if most is not None and len(found.gone) > most:
        print(f"  … and {len(found.gone) - most:,} more: --all lists them")
    if newer.jobs or newer.requests or newer.overrides:
        print(
            f"On removed streets: {newer.jobs} open jobs, {newer.requests} requests, "
            f"{newer.overrides} overrides."
        )


def replaced_text(
    street_id: int, street: Segment | FormerSegment, successors: Sequence[SegmentId]
) -> str:
    """Return the line of a removed street and its replacements."""
    name = next(iter(street.names.get("", ())), "unnamed")
    after = ", ".join(str(each) for each in successors) or "nothing"
    return f"{street_id} {name}, {street.length_m:.0f} m; replaced by: {after}"


def print_report(report: Report) -> None:
    """Print a city's figures."""
    shown = [
        ("City", f"{report['name']} ({report['timezone']}), network {report['version']}"),
        ("Streets", f"{report['segments']} segments, {report['length_km']:.0f} km"),
        ("Service ways", f"{report.get('service_ways', 0)}, only to locate vehicles"),
        ("Junctions", report["junctions"]),
        ("Named", f"{report['named_share']:.0%}"),
        ("One-way", f"{report['oneway_share']:.0%}"),
        (
            "Turn signs",
            f"{report['restrictions']} (and {report['restrictions_skipped']} that do not fit)",
        ),
        ("Addresses", report["addresses"]),
        ("Places", report["places"]),
        ("Depots", f"{report['depots']}, {report['depots_assumed']} of them assumed"),
        (
            "Unreachable",
            f"{report['unreachable']} segments, {report['unreachable_km']:.1f} km: "
            "no depot can reach them and return",
        ),
        ("Map", report["attribution"]),
    ]
    for label, value in shown:
        print(f"{label:<12} {value}")
