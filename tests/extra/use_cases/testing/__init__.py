"""An industry that exists only in the tests."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="testing", title="Testing", summary="Tiny use cases that prove the contracts.", earns=(), hard=(), order=900
)
