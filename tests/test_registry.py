"""Finding the members of a folder, and standing a stranger's wrong files."""

from dataclasses import dataclass

import pytest

from core.datasets import DATASETS
from core.environment import EXTRA
from core.errors import UnknownNameError
from core.evaluation.baselines import BASELINES
from core.models import MODELS
from core.registry.declaration import wrong
from core.training.losses import LOSSES
from core.use_cases import INDUSTRIES, USE_CASES, all_use_cases, use_case

GOOD = """
from core.contracts import Dataset

DATASET = Dataset(name={name!r}, title="T", origin="O", licence="L", synthetic=True, files=(), rebuild="R", folder="/x")
"""


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A folder from outside; returns a function that writes one file of it."""
    monkeypatch.setenv(EXTRA.name, str(tmp_path))

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return write


@pytest.mark.parametrize(
    ("registry", "name"),
    [
        (USE_CASES, "retail/coupon_response"),
        (INDUSTRIES, "retail"),
        (DATASETS, "complete_journey"),
        (MODELS, "table_network"),
        (BASELINES, "gradient_boosting"),
        (LOSSES, "cox"),
        (USE_CASES, "testing/tiny_quantile"),
        (INDUSTRIES, "testing"),
    ],
)
def test_a_member_is_found_by_its_name(registry, name):
    assert registry.all()[name] is registry.get(name)
    assert registry.get(name).name == name


@pytest.mark.parametrize("registry", [USE_CASES, INDUSTRIES, DATASETS, MODELS, BASELINES, LOSSES])
def test_the_house_itself_has_no_problems(registry):
    assert registry.problems() == ()


def test_an_unknown_use_case_is_answered_with_the_nearest_and_all_known():
    with pytest.raises(UnknownNameError) as caught:
        use_case("retail/cupon")
    known = ", ".join(sorted(USE_CASES.all()))
    assert str(caught.value) == (
        f"No use case named 'retail/cupon'. Did you mean 'retail/coupon_response'? Known: {known}."
    )
    assert caught.value.nearest == "retail/coupon_response"


def test_a_name_that_resembles_nothing_gets_no_hint():
    with pytest.raises(UnknownNameError) as caught:
        MODELS.get("zzz")
    assert (
        str(caught.value)
        == "No model named 'zzz'. Known: autoencoder, detection_network, generative_network, image_network, "
        "picture_autoencoder, sequence_network, series_network, sound_network, table_network, "
        "transfer_network."
    )
    assert caught.value.nearest is None


def test_changing_the_returned_members_does_not_change_the_registry():
    MODELS.all().clear()
    assert "table_network" in MODELS.all()


def test_use_cases_are_listed_in_the_order_of_industries():
    ranks = [INDUSTRIES.get(u.industry).order for u in all_use_cases()]
    assert ranks == sorted(ranks)
    assert {u.name for u in all_use_cases()} == set(USE_CASES.all())


def test_a_good_file_from_outside_is_a_member(outside):
    outside("datasets/mine.py", GOOD.format(name="mine"))
    assert DATASETS.get("mine").title == "T"
    assert "complete_journey" in DATASETS.all()
    assert DATASETS.problems() == ()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("raise RuntimeError('the roof is missing')", "the roof is missing"),
        ("import a_package_that_nobody_has", "No module named 'a_package_that_nobody_has'"),
        ("def broken(:", "invalid syntax"),
    ],
)
def test_a_file_that_does_not_import_is_reported_and_the_others_work_on(outside, text, fact):
    outside("datasets/wrong.py", text)
    outside("datasets/zz_after_it.py", GOOD.format(name="after_it"))
    assert {"after_it", "complete_journey"} <= set(DATASETS.all())
    (problem,) = DATASETS.problems()
    assert problem.startswith("A file in datasets/ must import; wrong.py did not: ")
    assert fact in problem
    assert problem.endswith(". Mend it.")


def test_a_second_member_of_the_same_name_is_left_out_and_reported(outside):
    outside("datasets/intruder.py", GOOD.format(name="complete_journey"))
    assert DATASETS.get("complete_journey").title == "Complete Journey"
    assert DATASETS.problems() == (
        "Every dataset needs its own name; 'complete_journey' is declared a second time in intruder.py, which is left "
        "out. Rename it.",
    )


def test_a_file_whose_declaration_is_no_declaration_is_reported(outside):
    outside("datasets/confused.py", "DATASET = {'name': 'confused'}")
    assert "complete_journey" in DATASETS.all()
    assert DATASETS.problems() == (
        "DATASET in confused.py must be a declared dataset; it is a dict, and is left out. Mend it.",
    )


def test_a_helper_is_no_member_and_is_not_even_imported(outside):
    outside("datasets/_helper.py", "raise RuntimeError('nobody asked for me')\n" + GOOD.format(name="helper"))
    assert "helper" not in DATASETS.all()
    assert DATASETS.problems() == ()


def test_a_file_without_a_declaration_is_ignored(outside):
    outside("datasets/notes.py", "NOTE = 'nothing here'")
    assert DATASETS.problems() == ()
    assert "notes" not in DATASETS.all()


def test_two_files_whose_paths_differ_by_a_separator_alone_are_two_members(outside):
    outside("datasets/a/b.py", GOOD.format(name="first"))
    outside("datasets/a_b.py", GOOD.format(name="second"))
    assert {"first", "second"} <= set(DATASETS.all())


def test_several_folders_from_outside_are_all_read(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name / "datasets").mkdir(parents=True)
        (tmp_path / name / "datasets" / f"{name}.py").write_text(GOOD.format(name=name))
    monkeypatch.setenv(EXTRA.name, f"{tmp_path / 'one'}:{tmp_path / 'two'}:{tmp_path / 'not_there'}")
    assert {"one", "two"} <= set(DATASETS.all())
    assert DATASETS.problems() == ()


@dataclass(frozen=True)
class Part:
    name: str
    ends: "tuple[float, float] | None" = None


def test_a_part_that_may_be_left_out_may_be_and_is_a_tuple_otherwise():
    assert wrong(Part("a"), "part", Part, 1) is None
    assert wrong(Part("a", (0.0, 1.0)), "part", Part, 1) is None
    assert "should be a tuple" in str(wrong(Part("a", 3), "part", Part, 1))
