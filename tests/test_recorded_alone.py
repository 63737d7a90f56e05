"""What columns tell alone ships with the simple methods: a fresh store does not work it out again."""

import pytest

from core import pipeline
from core.pipeline import simple_methods
from core.pipeline.simple_methods import Kept
from core.store.caches import RecordedBaselines
from core.store.runs import RECORDED
from core.use_cases import use_case


@pytest.mark.parametrize("name", ["healthcare/heart_disease", "retail/coupon_response", "supply_chain/demand"])
def test_what_columns_tell_alone_is_looked_up_and_is_what_they_tell(monkeypatch, name):
    found = use_case(name)
    found = found.with_variant({"variant": found.variants[0].name} if found.variants else {})
    examples = pipeline.load_examples(found)
    plan = found.plan(examples)
    expected = simple_methods.told_alone(found, examples, plan)
    monkeypatch.setattr(simple_methods, "told_alone", lambda *of: pytest.fail("it was worked out"))
    assert simple_methods.alone(found, Kept(examples, plan, None, RecordedBaselines(RECORDED))) == expected
