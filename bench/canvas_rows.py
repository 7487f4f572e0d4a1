"""Canvas: sweeps without changes, first fills."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bench.apart import measuring
from bench.site import Site, SiteFiles


def sweep(files: SiteFiles, warm: int = 1) -> dict[str, Any]:
    """So many sweeps that learn, then a measured one that finds nothing to do."""
    with Site(files) as site:
        for _ in range(warm):
            site.cycle().close()
        with measuring() as effort:
            report = site.cycle()
        found = {
            "unchanged": report.unchanged,
            "contexts": len(report.contexts),
            "applied": dict(report.applied),
        }
        report.close()
    return {**asdict(effort), **found}


def fill(files: SiteFiles) -> dict[str, Any]:
    """One cycle over empty calendars."""
    with Site(files) as site:
        with measuring() as effort:
            report = site.cycle()
        found = {"applied": dict(report.applied), "contexts": len(report.contexts)}
        report.close()
    return {**asdict(effort), **found}
