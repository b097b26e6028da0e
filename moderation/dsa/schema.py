"""The DSA transparency database's schema as data: each field of a statement with what it may hold, and how much.

From its API documentation (https://transparency.dsa.ec.europa.eu/page/api-documentation) as of July 2025, and the
rules by which its own server refuses statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Kind = Literal["text", "choice", "choices", "date"]
AT_ONCE: Final = 100
"""How many statements one call takes."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may hold: a text so long, one of some words, several of them, or a date within bounds."""

    kind: Kind
    required: bool = False
    longest: int = 0
    words: frozenset[str] = frozenset()
    pattern: str = ""
    earliest: date = date(2020, 1, 1)
    latest: date = date(2038, 1, 1)


def _words(prefix: str, names: str) -> frozenset[str]:
    return frozenset(prefix + name for name in names.split())


VISIBILITY: Final = _words(
    "DECISION_VISIBILITY_",
    "CONTENT_REMOVED CONTENT_DISABLED CONTENT_DEMOTED CONTENT_AGE_RESTRICTED CONTENT_INTERACTION_RESTRICTED"
    " CONTENT_LABELLED OTHER",
)
MONETARY: Final = _words("DECISION_MONETARY_", "SUSPENSION TERMINATION OTHER")
PROVISION: Final = _words(
    "DECISION_PROVISION_", "PARTIAL_SUSPENSION TOTAL_SUSPENSION PARTIAL_TERMINATION TOTAL_TERMINATION"
)
ACCOUNT: Final = _words("DECISION_ACCOUNT_", "SUSPENDED TERMINATED")
GROUND: Final = _words("DECISION_GROUND_", "ILLEGAL_CONTENT INCOMPATIBLE_CONTENT")
CONTENT: Final = _words("CONTENT_TYPE_", "APP AUDIO IMAGE PRODUCT SYNTHETIC_MEDIA TEXT VIDEO OTHER")
SOURCE: Final = frozenset(
    ("SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY")
)
DECIDED_BY: Final = _words("AUTOMATED_DECISION_", "FULLY PARTIALLY NOT_AUTOMATED")
YES_NO: Final = frozenset(("Yes", "No"))
CATEGORIES: Final = (
    "ILLEGAL_OR_HARMFUL_SPEECH",
    "CYBER_VIOLENCE",
    "CYBER_VIOLENCE_AGAINST_WOMEN",
    "VIOLENCE",
    "SELF_HARM",
    "PROTECTION_OF_MINORS",
    "SCAMS_AND_FRAUD",
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    "RISK_FOR_PUBLIC_SECURITY",
    "CONSUMER_INFORMATION",
    "UNSAFE_AND_PROHIBITED_PRODUCTS",
    "ANIMAL_WELFARE",
    "NOT_SPECIFIED_NOTICE",
    "OTHER_VIOLATION_TC",
)
"""Without their prefix, in the order of a chooser: what houses like these meet most comes first."""
CATEGORY: Final = frozenset(f"STATEMENT_CATEGORY_{name}" for name in CATEGORIES)
KEYWORDS: Final = _words(
    "KEYWORD_",
    "ANIMAL_HARM UNLAWFUL_SALE_ANIMALS"
    " HIDDEN_ADVERTISEMENT INSUFFICIENT_INFORMATION_ON_TRADERS MISLEADING_INFO_CONSUMER_RIGHTS"
    " MISLEADING_INFO_GOODS_SERVICES NONCOMPLIANCE_PRICING"
    " CYBER_BULLYING_INTIMIDATION CYBER_HARASSMENT CYBER_INCITEMENT CYBER_STALKING NON_CONSENSUAL_IMAGE_SHARING"
    " NON_CONSENSUAL_MATERIAL_DEEPFAKE"
    " BULLYING_AGAINST_GIRLS CYBER_HARASSMENT_AGAINST_WOMEN CYBER_STALKING_AGAINST_WOMEN"
    " FEMALE_GENDERED_DISINFORMATION INCITEMENT_AGAINST_WOMEN NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN"
    " NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN"
    " BIOMETRIC_DATA_BREACH MISSING_PROCESSING_GROUND RIGHT_TO_BE_FORGOTTEN DATA_FALSIFICATION"
    " DEFAMATION DISCRIMINATION HATE_SPEECH"
    " COPYRIGHT_INFRINGEMENT DESIGN_INFRINGEMENT GEOGRAPHIC_INDICATIONS_INFRINGEMENT PATENT_INFRINGEMENT"
    " TRADE_SECRET_INFRINGEMENT TRADEMARK_INFRINGEMENT"
    " MISINFORMATION_DISINFORMATION VIOLATION_EU_LAW VIOLATION_NATIONAL_LAW"
    " AGE_SPECIFIC_RESTRICTIONS_MINORS CHILD_SEXUAL_ABUSE_MATERIAL CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE"
    " GROOMING_SEXUAL_ENTICEMENT_MINORS UNSAFE_CHALLENGES"
    " ILLEGAL_ORGANIZATIONS RISK_ENVIRONMENTAL_DAMAGE RISK_PUBLIC_HEALTH TERRORIST_CONTENT"
    " INAUTHENTIC_ACCOUNTS INAUTHENTIC_LISTINGS INAUTHENTIC_USER_REVIEWS IMPERSONATION_ACCOUNT_HIJACKING PHISHING"
    " PYRAMID_SCHEMES"
    " CONTENT_PROMOTING_EATING_DISORDERS SELF_MUTILATION SUICIDE"
    " ADULT_SEXUAL_MATERIAL AGE_SPECIFIC_RESTRICTIONS GEOGRAPHICAL_REQUIREMENTS GOODS_SERVICES_NOT_PERMITTED"
    " LANGUAGE_REQUIREMENTS NUDITY"
    " PROHIBITED_PRODUCTS UNSAFE_PRODUCTS REGULATED_GOODS_SERVICES DANGEROUS_TOYS"
    " COORDINATED_HARM GENDER_BASED_VIOLENCE HUMAN_EXPLOITATION HUMAN_TRAFFICKING INCITEMENT_VIOLENCE_HATRED"
    " TRAFFICKING_WOMEN_GIRLS OTHER",
)
EEA: Final = tuple(
    sorted(_words("", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"))
)
LANGUAGES: Final = _words(
    "",
    "AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA DE DV DZ EE EL EN EO"
    " ES ET EU FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY HZ IA ID IE IG II IK IO IS IT IU JA JV KA"
    " KG KI KJ KK KL KM KN KO KR KS KU KV KW KY LA LB LG LI LN LO LT LU LV MG MH MI MK ML MN MR MS MT MY NA NB ND NE NG"
    " NL NN NO NR NV NY OC OJ OM OR OS PA PI PL PS PT QU RM RN RO RU RW SA SC SD SE SG SI SK SL SM SN SO SQ SR SS ST SU"
    " SV SW TA TE TG TH TI TK TL TN TO TR TS TT TW TY UG UK UR UZ VE VI VO WA WO XH YI YO ZA ZH ZU",
)
FIELDS: Final[Mapping[str, Field]] = {
    "decision_visibility": Field("choices", words=VISIBILITY),
    "decision_visibility_other": Field("text", longest=500),
    "decision_monetary": Field("choice", words=MONETARY),
    "decision_monetary_other": Field("text", longest=500),
    "decision_provision": Field("choice", words=PROVISION),
    "decision_account": Field("choice", words=ACCOUNT),
    "account_type": Field("choice", words=frozenset(("ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE"))),
    "decision_ground": Field("choice", required=True, words=GROUND),
    "decision_ground_reference_url": Field("text", longest=500),
    "illegal_content_legal_ground": Field("text", longest=500),
    "illegal_content_explanation": Field("text", longest=2000),
    "incompatible_content_ground": Field("text", longest=500),
    "incompatible_content_explanation": Field("text", longest=2000),
    "incompatible_content_illegal": Field("choice", words=YES_NO),
    "content_type": Field("choices", required=True, words=CONTENT),
    "content_type_other": Field("text", longest=500),
    "category": Field("choice", required=True, words=CATEGORY),
    "category_addition": Field("choices", words=CATEGORY),
    "category_specification": Field("choices", words=KEYWORDS),
    "category_specification_other": Field("text", longest=500),
    "territorial_scope": Field("choices", words=frozenset(EEA)),
    "content_language": Field("choice", words=LANGUAGES),
    "content_date": Field("date", required=True, earliest=date(2000, 1, 1)),
    "application_date": Field("date", required=True),
    "end_date_account_restriction": Field("date"),
    "end_date_monetary_restriction": Field("date"),
    "end_date_service_restriction": Field("date"),
    "end_date_visibility_restriction": Field("date"),
    "decision_facts": Field("text", required=True, longest=5000),
    "source_type": Field("choice", required=True, words=SOURCE),
    "source_identity": Field("text", longest=500),
    "automated_detection": Field("choice", required=True, words=YES_NO),
    "automated_decision": Field("choice", required=True, words=DECIDED_BY),
    "puid": Field("text", required=True, longest=500, pattern=r"[A-Za-z0-9_-]+"),
}
RESTRICTIONS: Final = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
"""Of these a statement has one at least."""
NEEDED_WITH: Final = (
    ("decision_visibility", "DECISION_VISIBILITY_OTHER", "decision_visibility_other"),
    ("decision_monetary", "DECISION_MONETARY_OTHER", "decision_monetary_other"),
    ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", "illegal_content_legal_ground"),
    ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", "illegal_content_explanation"),
    ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", "incompatible_content_ground"),
    ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", "incompatible_content_explanation"),
    ("content_type", "CONTENT_TYPE_OTHER", "content_type_other"),
    ("category_specification", "KEYWORD_OTHER", "category_specification_other"),
)
"""Where a field says this word, another one has to be there."""
