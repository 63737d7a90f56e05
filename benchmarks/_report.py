"""Print the numbers of one crowd of visitors for a person."""

from __future__ import annotations

from typing import Any


def print_result(result: dict[str, Any]) -> None:
    """A few lines for one crowd."""
    action, opening, server = result["action_ms"], result["open_ms"], result["server"]
    print(f"{result['visitors']} visitors, {result['seconds']} s")
    print(
        f"  change: median {action['median']} ms, p95 {action['p95']} ms,"
        f" max {action['max']} ms ({action['count']} changes,"
        f" {result['actions_per_s']} per s, {sum(result['polls'].values())} polls,"
        f" {result['auto_reruns']} timer runs)"
    )
    print(
        f"  first page: median {opening['median']} ms, p95 {opening['p95']} ms,"
        f" max {opening['max']} ms ({opening['count']} opened)"
    )
    print(
        f"  server: {server['cpu_share']} cores, memory {server['rss_before_mb']}"
        f" -> {server['rss_opened_mb']} -> {server['rss_after_mb']} MB,"
        f" heavy packages: {server['heavy']}"
    )
    client, lag = result["client"], result["client"]["lag_ms"]
    print(f"  this process: {client['cpu_share']} cores, woke up late by p95 {lag['p95']} ms, max {lag['max']} ms")
    print(f"  errors: {result['errors'] or 'none'}, lost visitors: {result['lost']}")
    if "training" in result:
        kept = result["training"]
        print(
            f"  training: {kept['idle_samples_per_s']} samples per s alone,"
            f" {kept['busy_samples_per_s']} beside the visitors, kept {kept['kept']}"
        )
