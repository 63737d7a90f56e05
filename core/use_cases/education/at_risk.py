"""Students at risk: who will leave without a degree? One row per student, as known on entry or after a semester."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Column, Examples, Question, UseCase, Variant
from core.contracts.care import Care, GroupBy
from core.contracts.picture import Share
from core.use_cases.education import _student_codes as codes
from core.use_cases.education._tutoring_value import VALUE
from core.use_cases.helpers import (
    binary,
    binary_task,
    category,
    crawl,
    fade,
    memorise,
    number,
    overshoot,
    quick,
    random_tests,
    recommended,
    typed_features,
    with_defaults,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_NUMBERS = {
    "Application order": "choice",
    "Previous qualification (grade)": "grade_before",
    "Admission grade": "admission_grade",
    "Daytime/evening attendance": "daytime",
    "Displaced": "displaced",
    "Scholarship holder": "scholarship",
    "Age at enrollment": "age",
    "Debtor": "debtor",
    "Tuition fees up to date": "fees_paid",
    "Curricular units 1st sem (credited)": "credited",
    "Curricular units 1st sem (enrolled)": "enrolled",
    "Curricular units 1st sem (evaluations)": "exams",
    "Curricular units 1st sem (approved)": "passed",
    "Curricular units 1st sem (grade)": "grade",
    "Curricular units 1st sem (without evaluations)": "unexamined",
}
_CODED = {
    "course": ("Course", codes.COURSE),
    "entry": ("Application mode", codes.ENTRY),
    "before": ("Previous qualification", codes.BEFORE),
    "mother_school": ("Mother's qualification", codes.SCHOOLING),
    "father_school": ("Father's qualification", codes.SCHOOLING),
    "mother_work": ("Mother's occupation", codes.WORK),
    "father_work": ("Father's occupation", codes.WORK),
    "marital_status": ("Marital status", codes.MARRIED),
}

AT_ENTRY = (
    category("course", "Degree"),
    category("entry", "Way in", help="How the student applied."),
    number("choice", "Rank of this degree among the wishes", "place", help="0 is the first wish."),
    category("before", "Schooling before"),
    number("grade_before", "Grade of the schooling before", "of 200"),
    number("admission_grade", "Admission grade", "of 200"),
    binary("daytime", "Lessons by day"),
    binary("displaced", "Lives away from home"),
    binary("scholarship", "Has a scholarship"),
    number("age", "Age on entry", "years"),
    category("mother_school", "Mother's schooling"),
    category("father_school", "Father's schooling"),
    category("mother_work", "Mother's work"),
    category("father_work", "Father's work"),
)
OF_A_SEMESTER = (
    number("credited", "Courses credited from before", "courses"),
    number("enrolled", "Courses taken", "courses"),
    number("exams", "Exams sat", "exams"),
    number("passed", "Courses passed", "courses"),
    number("passed_share", "Share of the courses passed", "share"),
    number("grade", "Mean grade of the semester", "of 20", help="0 where nothing was passed."),
    number("unexamined", "Courses without an exam", "courses"),
)
OF_FEES = (binary("debtor", "Owes money"), binary("fees_paid", "Fees paid up"))
_AFTER = (*AT_ENTRY, *OF_A_SEMESTER)
_WITH_FEES = (*AT_ENTRY, *OF_FEES)


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every student as known on entry."""
    return _examples(tables, AT_ENTRY)


def examples_after_a_semester(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every student, with the first semester."""
    return _examples(tables, _AFTER)


def examples_with_fees(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every student as known on entry, with what is known of payments."""
    return _examples(tables, _WITH_FEES)


def _examples(tables: Mapping[str, Mapping[str, pd.DataFrame]], columns: tuple[Column, ...]) -> Examples:
    """Sex, nationality, marital status and special needs stand beside a student and are no features; who
    was still enrolled at the end has not left."""
    import numpy as np

    raw = tables["student_dropout"]["student_dropout"]
    table = raw.rename(columns=_NUMBERS)[list(_NUMBERS.values())].assign(
        **{name: raw[column].map(of) for name, (column, of) in _CODED.items()}
    )
    table["passed_share"] = table["passed"] / table["enrolled"].where(table["enrolled"] > 0)
    student = np.arange(1, len(raw) + 1)
    return Examples(
        features=typed_features(table, columns, missing="not stated"),
        target=(raw["Target"] == "Dropout").astype(float).to_frame("left"),
        unit=student,
        info=table[["marital_status"]].assign(
            student=student,
            sex=raw["Gender"].map({1: "male", 0: "female"}),
            age_on_entry=raw["Age at enrollment"],
            scholarship=raw["Scholarship holder"].map({1: "yes", 0: "no"}),
            from_abroad=raw["International"].map({1: "yes", 0: "no"}),
            special_needs=raw["Educational special needs"].map({1: "yes", 0: "no"}),
            outcome=raw["Target"].map({"Dropout": "left", "Enrolled": "still enrolled", "Graduate": "graduated"}),
        ),
    )


def _left(examples: Examples) -> np.ndarray:
    return examples.target["left"].to_numpy() > 0


USE_CASE = UseCase(
    name="education/at_risk",
    title="Students at risk",
    summary="Which new students will leave without a degree? Offer those a tutor, while it can still hold them.",
    question=Question(
        who="A college that has some hours of tutoring to give, and hundreds of new students.",
        problem="About one in three leaves without a degree. Most say nothing before they go.",
        cost_today="Help goes to those who ask for it, who are seldom those who leave; each who leaves costs years of "
        "fees and funding, and a plan for a life.",
        what_ai_does="It reads what is known on entry, or after the first semester, and says how likely a student is "
        "to "
        "leave. From a threshold on, a tutor is offered. It is no ground for turning anybody away.",
        picture=Share(
            symbol="person", lit=1, out_of=3, tells="Of three students in these records, one left without a degree."
        ),
        detail="Sex, nationality, marital status and special needs are left out on purpose; they stay beside each "
        "student, so that anyone can check who is offered help and who is passed over. Whether fees are paid is left "
        "out too: the table does not say on which day it was noted, and who leaves stops paying.",
    ),
    datasets=("student_dropout",),
    columns=AT_ENTRY,
    task=binary_task("leaves", column="left", positive="left", negative="stayed"),
    model="table_network",
    baselines=("logistic", "gradient_boosting", "single_feature"),
    examples=examples,
    plan=random_tests(
        seed=40,
        strata=_left,
        unit="student",
        sentence="Every student is tested once, by networks that never saw them: five random parts with the same share "
        "of "
        "leavers are tested in turn, and inside the other four, five parts take turns as validation. The headline is "
        "the "
        "mean over the five tests. No year is stated, so this is a random split: it cannot show how a model ages. "
        "Settings and the threshold were chosen on validation students, who are test students of another part.",
    ),
    value=VALUE,
    care=Care(
        privacy="Records of students: personal data, also of their parents. Whoever is scored must be told "
        "(GDPR, Articles 13 and 14), and may not be turned away by a machine alone (Article 22).",
        bias="Men left more often than women (45% against 25%), older ones more than younger; age and parents' work "
        "are "
        "features, sex and origin are not. Compare groups before use, and use it to help only.",
        ai_act="high risk",
        because="It evaluates learners and may steer their learning (Annex III, 3b); used to admit, 3a.",
        rules=("United States: FERPA, for what leaves the school.",),
        groups=(
            GroupBy("sex", "Sex"),
            GroupBy("age_on_entry", "Age on entry", edges=(20, 25)),
            GroupBy("scholarship", "Scholarship"),
        ),
    ),
    settings=with_defaults(
        learning_rate=3e-3,
        num_epochs=30,
        members=2,
        width=32,
        depth=1,
        dropout=0.4,
        weight_decay=0.3,
        patience=8,
        numeric_embedding="piecewise",
        embedding_width=4,
    ),
    presets=(
        recommended(
            "Chosen on validation among a handful of variants, which lie within .001 of one another: one small layer, "
            "many units dropped, numbers in bins."
        ),
        quick(
            "One network where the recommended has two, half of the epochs: nearly as good, in a fraction of the time.",
            num_epochs=15,
            members=1,
        ),
        memorise(
            "Wide, nothing dropped, never stopped: the training students are learned by heart, all others suffer.",
            width=128,
            depth=2,
        ),
        overshoot(
            "A learning rate some three hundred times too high, and no weight decay to hold the weights: every step "
            "jumps across the valley.",
            weight_decay=0.0,
        ),
        crawl(),
        fade(),
    ),
    record_label="student",
    beside=(number("age_on_entry", "Age on entry", "years"),),
    order=10,
    icon="school",
    variants=(
        Variant(name="at_entry", title="On entry", reason="What an application says: help can begin on the first day."),
        Variant(
            name="after_a_semester",
            title="After a semester",
            reason="With the first semester's exams, which say more than all that came before; half a year later.",
            changes={"columns": _AFTER, "examples": examples_after_a_semester},
        ),
        Variant(
            name="with_fees",
            title="On entry, with fees",
            reason="As often published: with two columns of payment that bear no day. Whoever leaves stops paying, so "
            "part "
            "of this score may be the outcome, seen through a keyhole.",
            changes={"columns": _WITH_FEES, "examples": examples_with_fees},
        ),
    ),
    variants_label="What is known",
)
