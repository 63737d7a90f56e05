"""What every file about a run says, each statement with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import core
from core import datasets
from core.contracts import Assumption, Dataset
from core.export.subject import Subject
from core.formatting import numbers, scores, units
from core.formatting.durations import duration
from core.formatting.moments import moment
from core.formatting.text import SENTENCE, plain
from core.value import scoreboard_words as words
from core.value.scoreboard import Scoreboard, Standing

NOT_ASSESSED = "Nobody has assessed this yet. Do so before it meets real people."


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement and its origin: 'report:value.amount', 'assumption:mailing_cost', 'declared:care', 'dataset:NAME',
    'settings:seed', 'scoreboard', 'run:created', 'product'. label: what it is about, in a word or two."""

    text: str
    origin: str
    label: str = ""


class Facts:
    """Everything that is said of a run."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.run, self.use_case = subject, subject.run, subject.use_case
        self.report = subject.report
        self.board = Scoreboard.of(self.use_case, self.report)

    @property
    def title(self) -> Fact:
        return Fact(self.use_case.title, "declared:title")

    @property
    def summary(self) -> Fact:
        return Fact(self.use_case.summary, "declared:summary")

    @property
    def verdict(self) -> Fact:
        return Fact(words.verdict_sentence(self.board), "scoreboard", "Verdict")

    @property
    def gain(self) -> Fact:
        """Empty where the run was not priced."""
        return Fact(words.gain_sentence(self.board), "scoreboard", "Money")

    @property
    def score(self) -> Fact:
        label = self.board.metric.label
        return Fact(words.score_words(self.board, self.use_case.task), "scoreboard", label)

    @property
    def score_interval(self) -> Fact:
        return Fact(words.score_interval(self.board, self.use_case.task), "scoreboard", "95% interval")

    @property
    def money(self) -> Fact | None:
        if not self.board.currency:
            return None
        return Fact(words.money_words(self.board), "scoreboard", f"net value per {self.board.per}")

    @property
    def money_interval(self) -> Fact:
        return Fact(words.money_interval(self.board), "scoreboard", "95% interval")

    def said_of(self, standing: Standing) -> dict[str, str]:
        """A method or policy in words: score, difference and verdict, money, and what the network earns more."""
        task, metric = self.use_case.task, self.board.metric
        paired, earned = standing.score_difference, standing.amount_difference
        difference, ends = "", ""
        if paired:
            difference = scores.score(metric, paired["mean"], sign=True)
            ends = scores.score_between(metric, paired["low"], paired["high"], sign=True)
        return {
            "method": plain(standing.title),
            "score": words.score_words(self.board, task, standing) if standing.score else "",
            "interval": words.score_interval(self.board, task, standing) if standing.score else "",
            "network minus it": difference,
            "95% interval of that": ends,
            "verdict": _VERDICT[paired["verdict"]] if paired else "",
            "money": words.money_words(self.board, standing) if standing.amount else "",
            "money interval": words.money_interval(self.board, standing) if standing.amount else "",
            "network earns more": words.gain_words(self.board, standing) if earned else "",
            "interval of that": words.gain_interval(self.board, standing) if earned else "",
        }

    @cached_property
    def datasets(self) -> list[Dataset]:
        return [datasets.DATASETS.get(name) for name in self.use_case.datasets]

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        return self.use_case.value.assumptions if self.use_case.value else ()

    def assumed(self, one: Assumption) -> Fact:
        """The value that the run was priced with, in its unit."""
        value = self.report["value"]
        kept = (value["assumptions"] if value else {}).get(one.name, one.value)
        return Fact(units.chosen(kept, one.unit), f"assumption:{one.name}", one.label)

    def about_the_run(self) -> Iterator[Fact]:
        """Where the numbers come from: run, date, version, plan, rows, seeds, device."""
        config, rows = self.run.config, self.report["rows"]
        preset = {p.name: p.title for p in self.use_case.presets}.get(str(config.get("preset")), "own settings")
        yield Fact(self.run.id, "run:id", "Run")
        if self.run.recorded:
            yield Fact(f"recorded {moment(str(config['created'])[:10])}", "run:created", "Date")
        else:
            yield Fact(moment(config["created"]), "run:created", "Date")
        yield Fact(preset, "run:preset", "Settings")
        yield Fact(str(config["settings"].get("seed", "")), "settings:seed", "Seed")
        folds, members = int(rows["folds"]), int(self.report["headline"]["members"])
        networks = numbers.counted(members, "{count} network", "{count} networks")
        yield Fact(networks, "report:headline.members", "Networks that predict a test row")
        yield Fact(numbers.count(folds), "report:rows.folds", "Folds")
        yield Fact(numbers.count(rows["all"]), "report:rows.all", "Rows in all")
        yield Fact(numbers.count(rows["train"]), "report:rows.train", "Rows for training")
        yield Fact(numbers.count(rows["validation"]), "report:rows.validation", "Rows for validation")
        yield Fact(numbers.count(rows["test"]), "report:rows.test", "Rows for the test")
        yield Fact(self.report["plan"], "report:plan", "Plan")
        yield Fact(f"by bootstrap over {self.report['unit']} x networks", "report:unit", "95% intervals")
        yield Fact(duration(self.report["train_s"]), "report:train_s", "Training took")
        yield Fact(plain(self.report["device"], SENTENCE), "report:device", "Device")
        yield Fact(f"Proving Ground {config['versions'].get('proving_ground', core.__version__)}", "product", "Version")

    def limits(self) -> Iterator[Fact]:
        """What the numbers do not say."""
        best = self.board.best_simple
        judged = best.score_difference["verdict"] if best and best.score_difference else ""
        if judged in ("tie", "loss"):
            yield Fact("A simple method does as well by the headline score.", "scoreboard")
        guessed = [one for one in self.assumptions if one.guess]
        if guessed:
            told = numbers.counted(len(guessed), "{count} assumption is a guess", "{count} assumptions are guesses")
            yield Fact(f"The money is as good as its assumptions; {told}.", "declared:assumptions")
        yield Fact("One test, of past data: what changes afterwards is not in it.", "declared:plan")
        for dataset in self.datasets:
            for caveat in dataset.caveats:
                yield Fact(caveat, f"dataset:{dataset.name}")

    def care(self) -> Iterator[Fact]:
        """Bias, privacy and regulation."""
        care = self.use_case.care
        if care is None:
            yield Fact(NOT_ASSESSED, "declared:care", "Bias, privacy, regulation")
            return
        yield Fact(care.privacy, "declared:care", "Privacy (GDPR)")
        yield Fact(care.bias, "declared:care", "Bias")
        yield Fact(f"{care.ai_act}. {care.because}", "declared:care", "EU AI Act")
        for rule in care.rules:
            yield Fact(rule, "declared:care", "Also")
        yield Fact("Not legal advice; declared by the authors of the use case.", "declared:care", "Note")

    def command(self) -> str:
        """What makes this run again."""
        given = [f"--set {name}={value}" for name, value in self.run.settings.items() if name not in ("seed", "device")]
        seed, device = (self.run.settings.get(name) for name in ("seed", "device"))
        asked = [f"--seed {seed}", f"--device {device}"]
        return " ".join(["python -m core train", self.run.use_case, *asked, *given, "--json"])


_VERDICT = {
    "win": "the network is better",
    "tie": "no difference shown",
    "loss": "this one is better",
    "undefined": "undefined",
}
