"""Services: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="services",
    title="Services",
    summary="Calls, messages, forms: people say what they need, and somebody has to understand it. Machines that hear "
    "and read take the easy half, if they know which half that is.",
    earns=(
        "**Calls that need no person.** Who says an order number is served at once, at night too, and nobody waits.",
        "**Minutes of agents.** What is understood beforehand need not be asked for again.",
        "**The right desk.** A message that goes where it belongs is answered the same day.",
        "**Every language and every hand.** Signs, accents and scripts that few clerks can read.",
    ),
    hard=(
        "**A voice it never heard.** What is measured on known speakers says little about the next caller.",
        "**Sure and wrong.** A misunderstood number costs more than a minute of an agent: it must know when to ask.",
        "**Privacy.** A voice is personal data; recording a call needs consent, and in some countries both sides'.",
        "**Patience.** Callers forgive a person who asks twice, and hang up on a machine that does.",
    ),
    order=25,
    icon="support_agent",
    colour="cyan",
)
