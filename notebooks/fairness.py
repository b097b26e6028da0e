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
# # Fairness: who is labelled for being named
#
# A filter that learnt from abuse has seen some people named in abuse only. The harmless functional sentences name nine identities in the same
# words; whoever is labelled more often than others for it is wronged by the model. With so few sentences each, intervals are wide, and are shown.

# %%
from math import sqrt

from models import functional
from models.textmodel import load_current


def interval(count, of, z=1.645):
    """Wilson's, 90 %."""
    share, spread = count / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


report = functional.run(load_current())
for language, rates in report.wronged.items():
    print(language)
    for identity, rate in sorted(rates.items(), key=lambda item: -item[1].share):
        low, high = interval(rate.count, rate.of)
        print(f"  {identity:22} {rate.count:2} of {rate.of}   {low:4.0%} to {high:4.0%}")

# %% [markdown]
# ## By function
# Where harmless sentences fail, and where harmful ones are missed: what a model of words can't tell apart is seen here before anybody is held for it.

# %%
for each in sorted(report.outcomes, key=lambda one: (one.harmful, one.at_label_line.share)):
    sign = "harmful " if each.harmful else "harmless"
    print(
        f"{each.at_label_line.share:4.0%} right of {each.at_label_line.of:3}  {sign} {each.language} {each.label}: {each.function}"
    )

# %% [markdown]
# ## Is anybody found less than others?
# The harmful sentences name the same identities: a model that protects some and not others is unfair, too.

# %%
from collections import Counter

model = load_current()
cases = [case for case in functional.cases() if case.harmful and case.identity and case.label == "hate"]
scores = model.score([case.text for case in cases], [case.language for case in cases])
hits = Counter(
    case.identity for case, each in zip(cases, scores) if (each.scores["hate"] or 0.0) > model.lines["hate"].label
)
for identity, of in Counter(case.identity for case in cases).items():
    print(f"{identity:22} {hits[identity]:3} of {of}")
