"""A plan of a training under the assumptions of a ledger."""

from __future__ import annotations

from core.company.assumptions import Figure, Ledger
from core.company.compute import Job, Plan, Surroundings, plan
from core.company.gpus import Gpu
from core.company.money import Between, Money


def surroundings(ledger: Ledger, gpu: Gpu) -> Surroundings:
    """What a plan takes as given, from the ledger."""
    return Surroundings(
        price=between(ledger[f"price_{gpu.name.lower()}"]),
        api=between(ledger["api_price"]),
        pue=ledger.value("pue"),
        grid_kg_per_kwh=ledger.value("grid"),
        tokens_per_request=ledger.value("request_tokens"),
        serving_utilisation=ledger.value("serving_utilisation"),
        tokens_at_once=ledger.value("tokens_at_once"),
    )


def planned(ledger: Ledger, job: Job) -> Plan:
    """What the job takes under the ledger's assumptions."""
    return plan(job, surroundings(ledger, job.gpu))


def between(figure: Figure) -> Between:
    """A price as a dated range; the date is that of its last change."""
    date = figure.changed[:10] or figure.date
    return Between(low=Money(figure.low, figure.unit), high=Money(figure.high, figure.unit), date=date)
