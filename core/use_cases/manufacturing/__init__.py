"""Manufacturing: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="manufacturing",
    title="Manufacturing",
    summary="Belts, presses and looms: thousands of parts an hour, and hardly ever a wrong one. Of what is wrong "
    "nobody has pictures; of what is right there are plenty.",
    earns=(
        "**One eye on every part.** People check samples; a camera sees each piece, at night too.",
        "**Scrap that is not made.** A fault that is seen in the first minute is not made for an hour.",
        "**Clean streams.** Sorted cloth, glass and metal are worth a multiple of mixed ones.",
        "**Repairs before the stop.** A bearing sounds different weeks before it breaks.",
    ),
    hard=(
        "**Faults are rare.** There are too few to learn from, and the next one looks like none of them.",
        "**False alarms.** With one fault in a thousand parts, a careless alarm stops the line all day.",
        "**Light and lenses.** A cleaned lamp or a new camera changes every picture at once.",
        "**The beat of the line.** The answer must be there before the part has gone by.",
    ),
    order=35,
    icon="precision_manufacturing",
    colour="brown",
)
