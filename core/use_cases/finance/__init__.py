"""Finance: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="finance",
    title="Finance",
    summary="Prices for risk: who repays, how far prices swing, which payment is false. Small gains in ranking are "
    "worth much; a mistake in law or in the tails costs more.",
    earns=(
        "**Loans that come back.** Turning away the riskiest applications saves losses; saying yes to the sound ones "
        "earns interest.",
        "**Speed.** A decision in seconds instead of days wins customers, and frees the desk for the hard cases.",
        "**Risk as a number.** A forecast of swings says how much to hold, to hedge, or to leave alone.",
        "**Fraud.** Patterns that no rule has foreseen, among millions of payments a day.",
    ),
    hard=(
        "**The law.** Credit scoring is high-risk under the EU's AI Act; lenders must give reasons for a refusal, and "
        "may not use some of what predicts.",
        "**Only the granted are known.** Nobody learns how those who were turned away would have paid.",
        "**Strong old methods.** A logistic regression with good columns is hard to beat and easy to explain.",
        "**Crises.** The years that matter most are the ones that the data do not hold.",
    ),
    order=20,
    icon="account_balance",
    colour="green",
)
