"""What the codes of the student table mean (UCI repository, dataset 697), in fewer and shorter names."""

from __future__ import annotations

COURSE = {
    33: "biofuels",
    171: "animation and multimedia",
    8014: "social service (evening)",
    9003: "agronomy",
    9070: "communication design",
    9085: "veterinary nursing",
    9119: "informatics",
    9130: "equine studies",
    9147: "management",
    9238: "social service",
    9254: "tourism",
    9500: "nursing",
    9556: "oral hygiene",
    9670: "advertising and marketing",
    9773: "journalism",
    9853: "basic education",
    9991: "management (evening)",
}
ENTRY = {
    1: "first round",
    5: "first round, islands",
    16: "first round, islands",
    17: "second round",
    18: "third round",
    39: "over 23 years old",
    7: "has a degree",
    42: "transfer",
    43: "change of course",
    51: "change of school or course",
    57: "change of school or course",
    44: "technical diploma",
    53: "short-cycle diploma",
    15: "international student",
    2: "by special rule",
    10: "by special rule",
    26: "by special rule",
    27: "by special rule",
}
BEFORE = {
    1: "secondary school",
    2: "degree",
    3: "degree",
    40: "degree",
    4: "master or doctorate",
    5: "master or doctorate",
    43: "master or doctorate",
    6: "began a degree",
    39: "technical diploma",
    42: "technical diploma",
    19: "basic school",
    38: "basic school",
    **dict.fromkeys((9, 10, 12, 14, 15), "secondary school not finished"),
}
_DEGREE = (2, 3, 4, 5, 6, 40, 41, 42, 43, 44)
_SECONDARY = (1, 9, 10, 12, 13, 14, 18, 20, 22, 25, 27, 31, 33, 39)
_BASIC = (11, 19, 26, 29, 30, 38)
SCHOOLING = {
    **dict.fromkeys(_DEGREE, "higher education"),
    **dict.fromkeys(_SECONDARY, "secondary school"),
    **dict.fromkeys(_BASIC, "basic school"),
    **dict.fromkeys((35, 36, 37), "four years or fewer"),
    34: "not known",
}
_WORK = {
    0: "student",
    1: "leads",
    2: "expert or teacher",
    3: "technician",
    4: "office",
    5: "sales and services",
    6: "farming",
    7: "craft and industry",
    8: "runs machines",
    9: "unskilled",
    10: "soldier",
}
_FINER = {  # three digits of the classification, and the one that they stand under
    **dict.fromkeys((101, 102, 103), 10),
    **dict.fromkeys((112, 114), 1),
    **dict.fromkeys((121, 122, 123, 124, 125), 2),
    **dict.fromkeys((131, 132, 134, 135), 3),
    **dict.fromkeys((141, 143, 144), 4),
    **dict.fromkeys((151, 152, 153, 154), 5),
    **dict.fromkeys((161, 163), 6),
    **dict.fromkeys((171, 172, 173, 174, 175), 7),
    **dict.fromkeys((181, 182, 183), 8),
    **dict.fromkeys((191, 192, 193, 194, 195), 9),
}
WORK = {**_WORK, **{code: _WORK[group] for code, group in _FINER.items()}, 90: "other", 99: "not known"}
MARRIED = {
    1: "single",
    2: "married",
    3: "widowed",
    4: "divorced",
    5: "lives with a partner",
    6: "separated",
}
