# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Thresholds from people: how many posts a crew can look at, and which lines that means
#
# A line isn't set by what a model thinks of itself, but by who is there to look. Two houses to begin with: 210,000 active members with five freelancers,
# and a club of fifty with one volunteer. Every number of them is an assumption that the page shows as a field.

# %%
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from models.registry import current
from moderation.planning import examples, plans
from moderation.planning.card import cards
from moderation.policy.document import DEFAULT
from moderation.policy.store import assemble

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
policy = assemble(DEFAULT, version=1, started_at=BEGAN, human_decisions=0, loosened_until=None)
holds = {label: lines.hold for label, lines in current().manifest().lines.items()}
known = cards(policy, holds, current(), BEGAN + timedelta(days=30))  # the careful start is over
for name, house in examples.HOUSES.items():
    print(name, asdict(house))

# %% [markdown]
# ## What would be held, and who would be answered in an hour
# The wait is a queue with a staffing that changes through the week; the tests check it against a simulation.


# %%
def tell(title, outcome):
    hour, most = outcome.waits.share_within(60), outcome.waits.quantile(0.9)
    said = f"{hour:.0%} answered in an hour, nine of ten in {most:.0f} minutes" if most is not None else "falls behind"
    missed = ", ".join(f"{label} {amount.a_day:.1f}" for label, amount in outcome.missed.items())
    print(f"{title:10} held {outcome.held_a_day:7.1f} a day, load {outcome.waits.load:.2f}, {said}")
    print(f"{'':10} missed a day: {missed}; wrongly held {outcome.wrongly_held.a_day:.1f}")


aim = plans.Aim(minutes=60)
for name, house in examples.HOUSES.items():
    plan = plans.plan(examples.situation(house, known, aim))
    print(f"\n{name}: room for {plan.room_a_day:.0f} cases a day; everything would take {plan.people:.1f} people")
    tell("in force", plan.current)
    tell("suggested", plan.suggested)

# %% [markdown]
# ## One more pair of hands
# What another freelancer would change for the large house: the planner spends the room where it spares the most harm.

# %%
for moderators in (1, 2, 3, 5, 8, 13):
    house = replace(examples.LARGE, moderators=moderators)
    plan = plans.plan(examples.situation(house, known, aim))
    print(f"{moderators:3} moderators: held {plan.suggested.held_a_day:7.1f} a day, harm left {plan.suggested.harm:9.1f}")
