"""A setting's one declaration: what it accepts, what it answers to a mistake, and the stops of its slider."""

import dataclasses
import json
import math
import shutil

import pytest

from core.errors import UnknownNameError, UserError
from core.models import MODELS
from core.settings import Help, Scale, Setting, SettingType, defaults, fingerprint, repair, resolve, restrict
from core.settings.earlier_names import TODAY, renamed, with_renamed
from core.settings.training import SETTINGS
from core.settings.use_case import presets_in, settings_of
from core.store.runs import read
from core.use_cases import USE_CASES, use_case
from core.use_cases.helpers import quick
from tests.samples import OLD_RUN

HELP = Help(sentence="A sentence.", caption="A caption.")
RATE = Setting(
    name="rate", label="Rate", type=SettingType.FLOAT, low=1e-3, high=1.0, default=0.03, scale=Scale.LOG, help=HELP
)
SHARE = Setting(
    name="share", label="Share", type=SettingType.FLOAT, low=0.0, high=0.8, default=0.3, step=0.05, help=HELP
)
WIDTH = Setting(
    name="width", label="Width", type=SettingType.INT, low=4, high=100, default=48, scale=Scale.LOG, help=HELP
)
SEED = Setting(name="seed", label="Seed", type=SettingType.INT, low=0, high=1_000_000, default=1, step=1, help=HELP)
SHAPE = Setting(
    name="shape", label="Shape", type=SettingType.CHOICE, choices=("round", "square"), default="round", help=HELP
)
ALL = {s.name: s for s in (RATE, SHARE, WIDTH, SEED, SHAPE)}

DECLARED = {
    **{f"training: {s.name}": s for s in SETTINGS},
    **{f"{m.name}: {s.name}": s for m in MODELS.all().values() for s in m.settings},
    **{f"{u.name}: {n}": s for u in USE_CASES.all().values() for n, s in settings_of(u).items()},
}


def complaint(setting, value):
    with pytest.raises(UserError) as caught:
        setting.parse(value)
    return str(caught.value)


def test_text_of_a_link_becomes_a_value_of_the_declared_type():
    assert RATE.parse("1e-2") == 0.01
    assert isinstance(RATE.parse("1"), float)
    assert WIDTH.parse("64") == 64
    assert isinstance(WIDTH.parse("64.0"), int)
    assert SHAPE.parse("square") == "square"


@pytest.mark.parametrize("bound", [RATE.low, RATE.high])
def test_both_bounds_are_allowed(bound):
    assert RATE.parse(str(bound)) == bound


def test_too_large_a_number_is_answered_with_rule_fact_and_nearest():
    assert complaint(RATE, "3") == "rate must lie between 0.001 and 1; it is 3. The nearest allowed value is 1."


def test_too_small_a_number_is_answered_with_the_lower_bound():
    assert complaint(WIDTH, "-7") == "width must lie between 4 and 100; it is -7. The nearest allowed value is 4."


def test_a_large_number_is_written_out_so_that_the_sentence_makes_sense():
    expected = "seed must lie between 0 and 1000000; it is 1000001. The nearest allowed value is 1000000."
    assert complaint(SEED, "1000001") == expected


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("setting", [RATE, WIDTH], ids=lambda s: s.name)
def test_a_number_that_is_not_finite_is_refused_and_the_default_named(setting, text):
    assert f"The nearest allowed value is {setting.default:g}." in complaint(setting, text)


@pytest.mark.parametrize("text", ["fast", "", "1,5", None, "0x10"])
def test_text_that_is_no_number_is_answered_with_the_range_and_the_default(text):
    sentence = complaint(RATE, text)
    assert sentence == f"rate takes a number from 0.001 to 1; {text!r} is not a number. Its default is 0.03."


def test_half_a_unit_is_refused_with_a_whole_number():
    assert complaint(WIDTH, "10.7") == "width must be a whole number; it is 10.7. Use 11."


def test_a_misspelt_choice_is_answered_with_the_nearest():
    sentence = complaint(SHAPE, "squre")
    assert sentence == "No choice of shape named 'squre'. Did you mean 'square'? Known: round, square."


@pytest.mark.parametrize(
    ("setting", "number", "expected"),
    [
        (RATE, 5.0, 1.0),
        (RATE, 0.0, 1e-3),
        (RATE, 0.5, 0.5),
        (WIDTH, 10.7, 11),
        (WIDTH, 1e9, 100),
        (RATE, math.nan, 0.03),
    ],
)
def test_nearest_is_an_allowed_value(setting, number, expected):
    assert setting.nearest(number) == expected
    assert setting.check(setting.nearest(number)) == expected


def test_steps_of_a_log_scale_are_one_two_five_with_the_bounds_and_the_default():
    assert RATE.steps() == (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0)


def test_steps_of_a_log_scale_that_begins_at_zero_keep_the_zero():
    steps = dataclasses.replace(RATE, low=0.0).steps()
    assert steps[0] == 0.0
    assert steps[1] == 1e-6


def test_steps_of_a_count_are_powers_of_two_with_the_bounds_and_the_default():
    assert WIDTH.steps() == (4, 8, 16, 32, 48, 64, 100)


def test_steps_of_a_linear_scale_name_the_default_once():
    expected = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
    assert SHARE.steps() == expected


def test_steps_of_a_short_linear_count_without_a_step_are_its_whole_numbers():
    short = Setting(name="depth", label="Depth", type=SettingType.INT, low=0, high=6, default=2, help=HELP)
    assert short.steps() == (0, 1, 2, 3, 4, 5, 6)


def test_steps_of_a_choice_are_its_choices():
    assert SHAPE.steps() == ("round", "square")


def test_every_declared_setting_is_whole():
    flaws = {name: found for name, setting in DECLARED.items() if (found := flaws_of(setting))}
    assert flaws == {}
    assert len(DECLARED) > 100, "the registries gave next to nothing"


def flaws_of(setting):
    """What a declared setting breaks, in words."""
    rules = {
        "its default passes its own check": setting.check(setting.default) == setting.default,
        "it has a label": bool(setting.label.strip()),
        "its help is a sentence": setting.help.sentence.strip().endswith("."),
        "its help has a caption": bool(setting.help.caption.strip()),
    }
    if setting.name != "seed":  # a million steps; its field takes a number
        steps = setting.steps()
        rules |= {
            "its default is a step": setting.default in steps,
            "its steps are several, each once": len(set(steps)) == len(steps) >= 2,
            "its steps pass its check": [setting.check(step) for step in steps] == list(steps),
        }
        if setting.type is not SettingType.CHOICE:
            rules["its steps ascend"] = list(steps) == sorted(steps)
            rules["its steps end at its bounds"] = (steps[0], steps[-1]) == (setting.low, setting.high)
    return [rule for rule, holds in rules.items() if not holds]


def test_a_setting_that_is_not_whole_is_told_apart():
    broken = dataclasses.replace(RATE, label=" ", help=dataclasses.replace(HELP, sentence="No full stop"))
    assert flaws_of(broken) == ["it has a label", "its help is a sentence"]


def test_a_default_outside_its_bounds_cannot_be_declared():
    with pytest.raises(UserError, match="rate must lie between"):
        dataclasses.replace(RATE, default=2.0)


def test_a_numeric_setting_without_bounds_cannot_be_declared():
    with pytest.raises(UserError, match="needs low < high; 'rate' has 2.0 and 1.0"):
        dataclasses.replace(RATE, low=2.0)


def test_a_choice_without_choices_cannot_be_declared():
    with pytest.raises(UserError, match="A choice needs choices; setting 'shape' has none"):
        dataclasses.replace(SHAPE, choices=())


def test_resolve_puts_given_values_over_defaults():
    assert resolve(ALL, {"width": "8", "shape": "square"}) == {
        "rate": 0.03,
        "share": 0.3,
        "width": 8,
        "seed": 1,
        "shape": "square",
    }


def test_resolve_answers_an_unknown_name_with_the_nearest():
    with pytest.raises(UnknownNameError, match="No setting named 'witdh'. Did you mean 'width'?") as caught:
        resolve(ALL, {"witdh": 8})
    assert caught.value.nearest == "width"


def test_resolve_does_not_change_what_it_was_given():
    given = {"width": "8"}
    resolve(ALL, given)
    assert given == {"width": "8"}


def test_repair_keeps_what_is_good_and_reports_the_rest_in_sentences():
    values, notices = repair(ALL, {"width": "16", "rate": "9", "colour": "red", "shape": "oval"})
    assert values == defaults(ALL) | {"width": 16}
    assert notices == [
        "rate must lie between 0.001 and 1; it is 9. The nearest allowed value is 1. The default is used.",
        "No setting named 'colour'. Known: rate, seed, shape, share, width. The default is used.",
        "No choice of shape named 'oval'. Known: round, square. The default is used.",
    ]


def test_restrict_changes_bounds_and_default_of_one_setting_alone():
    narrowed = restrict(ALL.values(), {"width": {"high": 64, "default": 32}})
    assert (narrowed["width"].high, narrowed["width"].default) == (64, 32)
    assert narrowed["rate"] is RATE
    assert WIDTH.high == 100


def test_restrict_refuses_a_default_that_its_bounds_forbid():
    with pytest.raises(UserError, match="width must lie between 4 and 16; it is 48"):
        restrict(ALL.values(), {"width": {"high": 16}})


def test_restrict_refuses_a_setting_that_nobody_declared():
    with pytest.raises(UnknownNameError, match="Did you mean 'share'?"):
        restrict(ALL.values(), {"shar": {"default": 1}})


def test_the_fingerprint_of_settings_depends_on_values_and_not_on_their_order():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1}) != fingerprint({"a": 2, "b": 1})


def test_a_setting_is_read_under_its_earlier_name_too():
    settings = settings_of(use_case("retail/coupon_response"))
    assert resolve(settings, {"category_rates": "on"})["target_encoding"] == "on"
    assert repair(settings, {"category_rates": "on"}) == (defaults(settings) | {"target_encoding": "on"}, [])
    assert restrict(settings.values(), {"category_rates": {"default": "on"}})["target_encoding"].default == "on"
    with pytest.raises(UnknownNameError, match="choice of target_encoding named 'maybe'"):
        resolve(settings, {"category_rates": "maybe"})


def test_a_preset_from_outside_may_use_an_earlier_name():
    declared = dataclasses.replace(use_case("retail/coupon_response"), presets=(quick("Soon.", category_rates="on"),))
    (preset,) = presets_in(declared, "")
    assert preset.values == {"target_encoding": "on"}


def test_a_name_of_today_wins_over_an_earlier_one_and_the_order_stays():
    given = {"category_rates": "on", "width": 8}
    assert list(renamed(given).items()) == [("target_encoding", "on"), ("width", 8)]
    assert renamed({**given, "target_encoding": "off"}) == {"width": 8, "target_encoding": "off"}
    assert with_renamed({"settings": None}) == {"settings": None}


def test_an_earlier_name_is_of_a_setting_that_there_is_and_is_none_itself():
    names = {s.name for s in DECLARED.values()}
    assert set(TODAY.values()) <= names
    assert not set(TODAY) & names


def test_a_run_folder_of_an_earlier_version_has_its_settings_under_the_names_of_today(tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(OLD_RUN, folder)
    for name in ("config.json", "report.json", "end.json"):
        content = json.loads((folder / name).read_text("utf-8"))
        content.pop("files", None)  # their checksums
        if "settings" in content:
            content["settings"].pop("target_encoding", None)
            content["settings"]["category_rates"] = "on"
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    run = read(folder)
    assert not run.problem
    for settings in (run.settings, run.config["settings"], run.report()["settings"]):
        assert settings["target_encoding"] == "on"
        assert "category_rates" not in settings


def test_every_choice_has_a_label_that_a_person_reads():
    for where, setting in DECLARED.items():
        labels = [setting.shown(choice) for choice in setting.choices]
        assert len(set(labels)) == len(labels), where
        for label in labels:
            assert "_" not in label, where
            assert label[0].isupper() or label[0].isdigit(), f"{where}: {label}"


def test_a_choice_without_a_label_is_shown_as_it_is_and_a_label_without_a_choice_is_refused():
    labelled = dataclasses.replace(SHAPE, choice_labels={"square": "A square"})
    assert [labelled.shown(choice) for choice in labelled.choices] == ["round", "A square"]
    assert labelled.parse("square") == "square"
    with pytest.raises(UserError, match="choice of shape named 'sqare'"):
        dataclasses.replace(SHAPE, choice_labels={"sqare": "A square"})
