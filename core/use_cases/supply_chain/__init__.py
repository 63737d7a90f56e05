"""Supply chain: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="supply_chain",
    title="Supply chain",
    summary="Everything has to arrive, on time and in the right number, and nobody knows the future exactly.",
    earns=(
        "**Promises that hold.** A delivery time that is kept brings the customer back; one that is too long sends the "
        "order elsewhere.",
        "**Stock.** Every unit too many ties up money and may spoil, every unit too few is a lost sale.",
        "**Routes and crews.** Knowing how long a tour takes lets fewer vans do it.",
        "**Early warning.** A delay that is seen coming can be announced, rerouted or caught up.",
    ),
    hard=(
        "**Uncertainty counts.** One number is not enough: what pays is knowing how wrong it may be, and which way.",
        "**Feedback.** A promise or an order quantity changes what happens next, and so the data of tomorrow.",
        "**Rare events.** Storms, strikes and closed borders are hardly in the past data.",
        "**Data in many hands.** Shop, kitchen, warehouse and carrier each see a part, with different clocks.",
    ),
    order=40,
    icon="local_shipping",
    colour="blue",
)
