"""Customer service: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="customer_service",
    title="Customer service",
    summary="People write what they need in their own words. A machine that reads can answer the easy half at once, if "
    "it knows when it does not know.",
    earns=(
        "**Answers at once.** A question that is understood needs no queue, at three in the morning too.",
        "**The right desk.** What a person must see goes to the one who can solve it, with what it is about.",
        "**Minutes of people.** They are left for what is new, angry or expensive.",
        "**What customers ask.** Counted by the day, it tells what is broken before anybody complains.",
    ),
    hard=(
        "**I don't know.** A machine that must choose always chooses: the question that it was never taught is "
        "answered with confidence, and wrongly.",
        "**Near neighbours.** A pending transfer, a failed one and a late one are told apart by a word.",
        "**People type.** Slang, typos, two languages in a sentence, a whole story before the question.",
        "**Personal details.** Names, numbers and addresses stand in what is typed, whether they are needed or not.",
    ),
    order=24,
    icon="forum",
    colour="indigo",
)
