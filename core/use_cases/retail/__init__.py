"""Retail: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="retail",
    title="Retail",
    summary="Thin margins, millions of small decisions a day: who gets which offer, what to stock, whom to win back.",
    earns=(
        "**Offers that fit.** A mailing to those who will use it costs a fraction of a mailing to all.",
        "**Repeat purchases.** What a household buys, and when, says much about what it wants next.",
        "**Stock.** A forecast per shelf and day turns waste and empty shelves into margin.",
        "**Fraud and fake reviews.** Patterns that no clerk could see over millions of receipts.",
    ),
    hard=(
        "**Cause and effect.** Those who redeem a coupon might have bought anyway; only an experiment can tell.",
        "**Privacy.** Purchase histories are personal data: consent, retention and the right to be forgotten apply.",
        "**Drift.** Seasons, prices and assortments change under the model's feet.",
        "**Integration.** The prediction earns only when tills, mail house and stock system act on it.",
    ),
    order=10,
    icon="storefront",
    colour="pink",
)
