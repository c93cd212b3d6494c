"""Which sequences of code points X counts as one emoji: those of Unicode 10 and of the pictures X draws. Data only."""

from __future__ import annotations

import re

from adapters.text.endings import COUNTRIES

_TONE = "[\U0001f3fb-\U0001f3ff]"
_ROLE = (
    "(?:[\u2695\u2696\u2708]\ufe0f|[\U0001f33e\U0001f373\U0001f393\U0001f3a4\U0001f3a8\U0001f3eb\U0001f3ed\U0001f4bb"
    "\U0001f4bc\U0001f527\U0001f52c\U0001f680\U0001f692])"
)
_TONED = (
    "[\u261d\u26f9\u270a-\u270d\U0001f385\U0001f3c3\U0001f3c4\U0001f3ca\U0001f3cb\U0001f442\U0001f443\U0001f446-\U0001f450"
    "\U0001f466-\U0001f469\U0001f46e\U0001f470-\U0001f478\U0001f47c\U0001f481-\U0001f483\U0001f485-\U0001f487\U0001f4aa"
    "\U0001f590\U0001f595\U0001f596\U0001f645-\U0001f647\U0001f64b-\U0001f64f\U0001f6b4-\U0001f6b6\U0001f918-\U0001f91c"
    "\U0001f91e\U0001f91f\U0001f926\U0001f930-\U0001f932\U0001f937\U0001f9d1-\U0001f9dd]"
)
_GENDERED = (
    "[\u26f9\U0001f3c3\U0001f3c4\U0001f3ca\U0001f3cb\U0001f46e\U0001f471\U0001f473\U0001f477\U0001f481\U0001f482\U0001f486"
    "\U0001f487\U0001f645-\U0001f647\U0001f64b\U0001f64d\U0001f64e\U0001f6b4-\U0001f6b6\U0001f926\U0001f937\U0001f9d6-\U0001f9dd]"
)
_TEXTUAL = (  # drawn as text unless U+FE0F follows
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u2328\u23cf\u2600-\u2604\u260e\u2611\u2618\u2620\u2622\u2623"
    "\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2660\u2663\u2665\u2666\u2668\u267b\u2692\u2694-\u2697\u2699\u269b"
    "\u269c\u26a0\u26b0\u26b1\u26c8\u26cf\u26d1\u26d3\u26e9\u26f0\u26f1\u26f4\u26f7\u26f8\u2702\u2708\u2709\u270f\u2712"
    "\u2714\u2716\u271d\u2721\u2733\u2734\u2744\u2747\u2763\u2764\u27a1\u2934\u2935\u2b05-\u2b07\u3030\u303d\u3297\u3299"
    "\U0001f321\U0001f324-\U0001f32c\U0001f336\U0001f37d\U0001f396\U0001f397\U0001f399-\U0001f39b\U0001f39e\U0001f39f"
    "\U0001f3d4-\U0001f3df\U0001f3f3\U0001f3f5\U0001f3f7\U0001f43f\U0001f441\U0001f4fd\U0001f549\U0001f54a\U0001f56f"
    "\U0001f570\U0001f5a5\U0001f5a8\U0001f5bc\U0001f5d1-\U0001f5d3\U0001f5e3\U0001f5ef\U0001f5f3\U0001f5fa]"
)
_REGIONAL = 0x1F1E6
_FLAGS = "|".join(
    "".join(chr(_REGIONAL + ord(letter) - ord("a")) for letter in code)
    for code in sorted(COUNTRIES - {"an", "su", "tp", "uk"})
)
_KISS = "\u2764\ufe0f\u200d(?:\U0001f48b\u200d)?"
_COUPLES = f"\U0001f468\u200d{_KISS}\U0001f468|\U0001f469\u200d{_KISS}[\U0001f468\U0001f469]"
_PARENTS = "(?:\U0001f468\u200d[\U0001f468\U0001f469]|\U0001f469\u200d\U0001f469|[\U0001f468\U0001f469])"
_CHILDREN = "(?:\U0001f467\u200d[\U0001f466\U0001f467]|\U0001f466\u200d\U0001f466|[\U0001f466\U0001f467])"
_NATIONS = "\U0001f3f4\U000e0067\U000e0062(?:{})\U000e007f".format(
    "|".join("".join(chr(0xE0000 + ord(letter)) for letter in nation) for nation in ("eng", "sct", "wls"))
)
_SEQUENCES = (
    "[0-9#*]\ufe0f?\u20e3",
    _FLAGS,
    _NATIONS,
    f"{_PARENTS}\u200d{_CHILDREN}",
    _COUPLES,
    f"[\U0001f468\U0001f469]{_TONE}?\u200d{_ROLE}",
    f"{_GENDERED}{_TONE}?\u200d[\u2640\u2642]\ufe0f",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    f"{_TONED}{_TONE}",
    f"{_TEXTUAL}\ufe0f",
)
JOINED = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
"""What every sequence has at least one of: most texts have none, and are not searched for the sequences themselves."""
EMOJI = re.compile("|".join(_SEQUENCES))
"""The sequences that X counts as one emoji for certain; what is missing here is counted code point by code point."""
