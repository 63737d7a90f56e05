"""The words of the pages, each explained once: what "How to read this" shows, and what every help refers to."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = "how-to-read"  # the address of the page that shows them
PLAYGROUND = "playground"  # of the page on which a small network trains in the browser
BAD_RUNS = "bad-runs"  # of the page that shows a recorded run for each fault
PRINTED = "printed-and-true"  # of the page that computes the articles' worked examples again
SPLIT = "which-split-is-honest"  # of the page that compares flattering and honest plans


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One word. name: its place on the page. text: a sentence or two. formula: in LaTeX. sketch: the name of a tiny
    picture in core/charts/sketches.py."""

    name: str
    title: str
    text: str
    formula: str = ""
    sketch: str = ""


TERMS: tuple[Term, ...] = (
    Term(
        name="held-out",
        title="Held-out rows",
        text="Rows that neither the network nor a simple method has learned from. Whatever is said here about "
        "quality or money is counted on them.",
        sketch="parts",
    ),
    Term(
        name="parts",
        title="Training, validation, test",
        text="Training rows teach. Validation rows say when to stop, and where to act. Test rows judge, once, at "
        "the end.",
        sketch="parts",
    ),
    Term(
        name="fold",
        title="Fold",
        text="One way of parting the rows. With several folds, other rows take their turn as validation or test, "
        "and each fold has networks of its own.",
    ),
    Term(
        name="simple-method",
        title="Simple method",
        text="What a good analyst would try first: a formula, logistic regression, gradient boosting. It learns "
        "from the same rows and is tuned on the same validation rows. A network that does not beat it is not "
        "worth its cost.",
    ),
    Term(
        name="today",
        title="What is done today",
        text="The policy that the network would replace: mail everybody, promise everybody the same, test "
        "everybody. It needs no model.",
    ),
    Term(
        name="interval",
        title="95% interval",
        text="How far the number could lie off by chance: test units (households, days, hospitals) are drawn anew "
        "with replacement, again and again, together with the networks, and 95 of 100 results lie inside.",
        sketch="interval",
    ),
    Term(
        name="difference",
        title="No difference shown",
        text="Two methods are compared on the same redrawn rows. Where the interval of their difference holds "
        "zero, these rows do not show which is better; more rows might.",
        sketch="difference",
    ),
    Term(
        name="ensemble",
        title="Ensemble",
        text="One training makes several networks that differ in their random start and their rows. Their mean is "
        "the prediction; how far they lie apart tells how sure it is.",
        formula=r"\hat p(x) = \frac{1}{K} \sum_{k=1}^{K} \hat p_k(x)",
        sketch="ensemble",
    ),
    Term(
        name="threshold",
        title="Threshold",
        text="The predicted chance from which one acts. Lower reaches more of those who matter, and more of the "
        "others too. It is chosen on validation rows, by the money.",
        sketch="threshold",
    ),
    Term(
        name="level",
        title="Level of a forecast",
        text="A forecast with ranges names several amounts: half of what happens should lie below the 50% level, nine "
        "tenths below the 90% level. Acting on a high level is careful, on a low one bold.",
    ),
    Term(
        name="calibration",
        title="Calibration",
        text="Whether a predicted chance is kept: of the rows that are given 20%, does it happen in one of five? "
        "On the diagonal it does.",
        sketch="calibration",
    ),
    Term(
        name="early-stopping",
        title="Early stopping",
        text="Training ends when validation has not improved for a while, and the best epoch so far is kept: what "
        "is learned after it is the noise of the training rows.",
        sketch="early_stopping",
    ),
    Term(
        name="epoch",
        title="Epoch",
        text="One pass over all training rows.",
    ),
    Term(
        name="importance",
        title="Importance by shuffling",
        text="One feature is shuffled among the test rows. What the headline number loses is what the network owes"
        " to that feature.",
    ),
    Term(
        name="value",
        title="Value",
        text="Held-out predictions turned into decisions, and decisions into money by the assumptions that stand "
        "on the page, for a year. Change them: everything is counted again.",
    ),
)

# How a metric is computed, by its name, where a formula says it shortly.
FORMULAS: dict[str, str] = {
    "roc_auc": r"P(\hat p_{\text{yes}} > \hat p_{\text{no}}) + \tfrac12 P(\hat p_{\text{yes}} = \hat p_{\text{no}})",
    "average_precision": r"\sum_n (R_n - R_{n-1})\, P_n",
    "log_loss": r"-\frac1N \sum_i \log \hat p_i(y_i)",
    "accuracy": r"\frac1N \sum_i [\hat y_i = y_i]",
    "brier": r"\frac1N \sum_i (\hat p_i - y_i)^2",
    "mean_absolute_error": r"\frac1N \sum_i |\hat y_i - y_i|",
    "pinball_loss": r"\frac1N \sum_i \max\left(\tau (y_i - \hat y_i),\ (\tau - 1)(y_i - \hat y_i)\right)",
    "wape": r"\frac{\sum_i |\hat y_i - y_i|}{\sum_i |y_i|}",
    "ndcg_at_10": r"\frac{\sum_{r \le 10} g_r / \log_2(r + 1)}{\text{the same in the best order}}",
}

SKETCHES_OF_METRICS: dict[str, str] = {"roc_auc": "roc", "mean_absolute_error": "error"}
