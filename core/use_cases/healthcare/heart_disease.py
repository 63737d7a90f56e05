"""Heart disease: does this patient have narrowed coronary arteries? One row per patient, known before angiography."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Examples, Question, UseCase, Variant
from core.contracts.care import Care, GroupBy
from core.contracts.picture import Share
from core.use_cases.healthcare._angiography_value import VALUE
from core.use_cases.helpers import (
    binary,
    binary_task,
    category,
    crawl,
    fade,
    group_tests,
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

_TRUTH = {"True": 1.0, "False": 0.0}


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every patient. Number and hospital stand beside a patient and are no features; how narrow the arteries were
    (`num` above 1) is part of the outcome."""
    table = tables["heart_disease"]["heart"]
    table = table.assign(
        male=table["sex"] == "Male",
        chol=table["chol"].where(table["chol"] > 0),  # 0 stands where nothing was measured
        trestbps=table["trestbps"].where(table["trestbps"] > 0),
        **{name: table[name].map(_TRUTH) for name in ("fbs", "exang")},
    )
    return Examples(
        features=typed_features(table, USE_CASE.columns, missing="not measured"),
        target=(table["num"] > 0).astype(float).to_frame("diseased"),
        unit=table["id"].to_numpy(),
        info=table[["id", "dataset"]].rename(columns={"id": "patient", "dataset": "hospital"}),
    )


def _strata(examples: Examples) -> np.ndarray:
    """Hospital and outcome of each patient (N,), as text: random parts get an even share of each."""
    diseased = examples.target["diseased"] > 0
    return (examples.info["hospital"].astype(str) + diseased.map({True: " yes", False: " no"})).to_numpy(dtype=object)


_NEW_HOSPITAL = group_tests(
    "hospital",
    seed=30,
    strata=_strata,
    unit="patient",
    sentence="One hospital is left out at a time: all of its patients are tested by networks that saw none of "
    "them, and inside the other three, five random parts of patients take turns as validation. The headline is "
    "the mean over the four hospitals. Hospitals separate test from training; the interval draws patients anew, "
    "so it speaks of these four hospitals and not of a fifth. Validation patients come from the training "
    "hospitals, which is why they look so much better. Settings were chosen by training on two hospitals and "
    "testing on the other two, so all four took part in that choice. The baselines had no such choice: they are "
    "tuned on the validation patients, random ones of the training hospitals. The threshold of the money is one "
    "number, chosen on the validation patients of all four tests together: each hospital's patients are among "
    "them, predicted by networks that trained on that hospital.",
)
_RANDOM_PATIENTS = random_tests(
    seed=31,
    strata=_strata,
    unit="patient",
    sentence="Five random parts of patients, each with its share of every hospital, are tested in turn, and inside "
    "the other four, five parts take turns as validation. The headline is the mean over the five tests. A test "
    "patient's hospital is in training too: this is how well the model does where it was made.",
)

USE_CASE = UseCase(
    name="healthcare/heart_disease",
    title="Heart disease",
    summary="Who has narrowed coronary arteries, and needs the test that shows them? A model for a hospital that it "
    "has never seen.",
    question=Question(
        who="A heart clinic that decides who is sent to coronary angiography: a catheter through an artery, X-rays, "
        "and a small risk of a grave complication.",
        problem="Complaints, blood pressure and an exercise test say something about the arteries, but not enough. Who "
        "needs the catheter?",
        cost_today="Sending everybody tests many healthy people: 45% of those sent in these data of the 1980s, 62% in "
        "US hospitals later (Patel et al., 2010), whose share Money counts with. Sending too few misses a disease that "
        "kills.",
        what_ai_does="It reads what is known before the test and says how likely a narrowed artery is. The point of "
        "this page is what happens in a new hospital: the model is tested on one whose patients it has never seen, "
        "and does far worse there than on patients of its own hospitals.",
        picture=Share(
            symbol="person",
            lit=5,
            out_of=9,
            tells="Of nine patients in these data, five had a narrowed artery. Four went through the test for nothing.",
        ),
        detail="This is a demonstration on 920 patients of "
        "the 1980s, all of whom had been sent to the test by a doctor. It is not a medical device, and must not "
        "decide about anybody.",
    ),
    datasets=("heart_disease",),
    columns=(
        number("age", "Age", "years"),
        binary("male", "Male"),
        category("cp", "Chest pain", help="Typical angina comes with effort and goes with rest."),
        number("trestbps", "Blood pressure at rest", "mmHg", help="The upper value."),
        number("chol", "Cholesterol", "mg/dl", help="Not measured in Switzerland."),
        binary("fbs", "Fasting blood sugar above 120 mg/dl"),
        category("restecg", "ECG at rest"),
        number("thalch", "Highest heart rate under exercise", "beats per minute"),
        binary("exang", "Chest pain under exercise"),
        number(
            "oldpeak",
            "ST depression under exercise",
            "mm",
            help="How far the ECG's ST segment sinks, compared with rest: a sign of too little blood in the heart's "
            "wall.",
        ),
        category(
            "slope",
            "Slope of the ST segment under exercise",
            help="Missing for a third of the patients, all but one of them outside Cleveland.",
        ),
        number(
            "ca",
            "Vessels marked in fluoroscopy",
            "vessels",
            help="Of three large ones. Fluoroscopy is X-ray film from outside, without a catheter, done before the "
            "angiography: it is not the test that is to be decided. Measured in Cleveland and hardly elsewhere.",
        ),
        category(
            "thal",
            "Thallium scan",
            help="Where the heart's wall gets too little blood. Missing for half of the patients, hardly any in "
            "Cleveland.",
        ),
    ),
    task=binary_task("has heart disease", column="diseased", positive="diseased", negative="healthy"),
    model="table_network",
    baselines=("logistic", "gradient_boosting", "single_feature"),
    examples=examples,
    plan=_NEW_HOSPITAL,
    value=VALUE,
    care=Care(
        privacy="Findings of patients: health data, a special category (GDPR, Article 9). Here they are old and "
        "without names.",
        bias="Four hospitals, four mixes of patients; many more men than women, who show other signs. "
        "Look at each group by itself.",
        ai_act="high risk",
        because="It would be software of a medical device that a notified body examines (Article 6(1), Annex I).",
        rules=(
            "Medical Device Regulation (EU) 2017/745, rule 11: class IIa or higher.",
            "United States: FDA, software as a medical device.",
        ),
        groups=(GroupBy("hospital", "Hospital"),),
    ),
    settings=with_defaults(
        learning_rate=5e-3,
        num_epochs=60,
        batch_size=64,
        members=2,
        width=8,
        depth=1,
        dropout=0.3,
        weight_decay=1.0,
        numeric_transform="standard",
        numeric_embedding="piecewise",
        embedding_width=4,
    ),
    presets=(
        recommended(
            "Chosen by training on two hospitals and testing on the other two, among some 30 variants: few "
            "units, strong weight decay, numbers in bins. They lie within .013 of one another, a linear model among "
            "them."
        ),
        quick(
            "One network where the recommended has two, half of the epochs: as good, in less than half of the time.",
            members=1,
            num_epochs=30,
        ),
        memorise(
            "Wide, nothing dropped, never stopped: a few hundred patients are learned by heart, with whatever was "
            "peculiar to their hospitals.",
            width=128,
            depth=2,
        ),
        overshoot(
            "A learning rate two hundred times too high, and no weight decay to hold the weights: every step jumps "
            "across the valley.",
            weight_decay=0.0,
        ),
        crawl(),
        fade(),
    ),
    record_label="patient",
    names={
        "lv hypertrophy": "left ventricular hypertrophy",
        "st-t abnormality": "ST-T abnormality",
        "reversable defect": "reversible defect",
    },
    order=10,
    icon="cardiology",
    variants=(
        Variant(
            name="new_hospital",
            title="A hospital left out",
            reason="Each hospital is tested by networks that saw only the other three: what a buyer of the model would "
            "meet.",
        ),
        Variant(
            name="random_folds",
            title="Random patients",
            reason="Patients are dealt at random, so that each hospital is in training and in test. The ranking looks "
            "far better, and the difference is what a new hospital costs: other patients, other devices, other gaps.",
            changes={"plan": _RANDOM_PATIENTS},
            flatters="new_hospital",
            apart="hospital",
        ),
    ),
    variants_label="Plan",
)
