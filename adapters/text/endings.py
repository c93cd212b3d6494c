"""How the names of hosts end: the top-level domains that X links for certain, and those of other scripts. Data only.

Source: IANA, Root Zone Database, with names that it has taken back, which X still links.
"""

from __future__ import annotations

_COUNTRY_CODES = (
    "ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw "
    "by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj "
    "fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir "
    "is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml "
    "mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr "
    "ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th "
    "tj tk tl tm tn to tp tr tt tv tw tz ua ug uk um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw "
)
COUNTRIES = frozenset(_COUNTRY_CODES.split())
"""Those of two letters, which are all there are."""
_OTHER_DOMAINS = (
    "academy aero africa agency app art asia bank berlin best bible bio biz blog blue boston brussels business cab "
    "cafe cancerresearch care career careers cat center charity church city claims clinic clothing cloud club coach "
    "codes coffee college com community company computer consulting cool coop dental design dev digital direct "
    "directory doctor earth edu education email energy eus events expert express family fit foundation fun fund games "
    "gov group guide guru health healthcare help hiphop hiv hospital host how info ink institute int international "
    "jobs land law legal life link live london love media memorial mil mobi moe museum name net network news ngo nhs "
    "nyc one ong online org page paris partners party physio plus post press pro quebec report rest reviews rip rocks "
    "run school science services shop show site social software solutions space store stream studio study support "
    "surgery systems team tech tel tips today tokyo tools top training travel university vegas video vision vote "
    "website wien wiki win work works world wtf xxx xyz yoga zone "
)
DOMAINS = COUNTRIES | frozenset(_OTHER_DOMAINS.split())
"""Those in Latin letters that X links for certain; any other word in their place is counted as link and as text."""

_OTHER_SCRIPTS = (
    "11b4c3d 1ck2e1b 1qqw23a 2scrj9c 30rr7y 3bst00m 3ds443g 3e0b707e 3hcrj9c 3oq18vl8pn36a 3pxu8k 42c2d9a 45br5cyl "
    "45brj9c 45q11c 4gbrim 54b7fta0cc 55qw42g 55qx5d 5su34j936bgsg 5tzm5g 6frz82g 6qq986b3xl 80adxhks 80ao21a "
    "80aqecdr1a 80asehdb 80aswg 8y0a063a 90a3ac 90ae 90ais 9dbq2a 9et52u 9krt00a b4w605ferd bck1b9a5dre4c c1avg c2br7g "
    "cck2b3b cg4bki clchc0ea0b2g2a9gcd czr694b czrs0t czru2d d1acj3b d1alf e1a4c eckvdtc9d efvy88h estv75g fct429k "
    "fhbei fiq228c5hs fiq64b fiqs8s fiqz9s fjq720a flw351e fpcrj9c3d fzc2c9e2c fzys8d69uvgm g2xx48c gckr3f0f gecrj9c "
    "gk3at1e h2breg3eve h2brj9c h2brj9c8c hxt814e i1b6b1a6a2e imr513n io0a7i j1aef j1amh j6w193g jlq61u9w7b jvr189m "
    "kcrx77d1x4a kprw13d kpry57d kpu716f kput3i l1acc lgbbat1ad8j mgb9awbf mgba3a3ejt mgba3a4f16a mgba7c0bbn0a "
    "mgbaakc7dvf mgbaam7a8h mgbab2bd mgbah1a3hjkrd mgbai9azgqp6j mgbayh7gpa mgbb9fbpob mgbbh1a mgbbh1a71e mgbc0a9azcg "
    "mgbca7dzdo mgbcpq6gpa1a mgberp4a5d4ar mgbgu82a mgbi4ecexp mgbpl2fh mgbt3dhd mgbtx2b mgbx4cd0ab mix891f mk1bu44c "
    "mxtq1m ngbc5azd ngbe9e0a ngbrx node nqv7f nqv7fs00ema nyqy26a o3cw4h ogbpf8fl otu796d p1acf p1ai pbt977c pgbs0dh "
    "pssy2u q7ce6a q9jyb4c qcka1pmc qxa6a qxam rhqv96g rovu88b rvc1e0am3e s9brj9c ses554g t60b56a tckwe tiq49xqyj "
    "unup4y vhquv vuq861b w4r85el8fhu5dnra w4rs40l wgbh1c wgbl6a xhq521b xkc2al3hye2a xkc2dl3a5ee0h y9a3aq yfro4i67o "
    "ygbi2ammx zfr164b "
)
_UNSURE = "4dbrk0ce cckwcxetd jlq480n2rg vermgensberater-ctb vermgensberatung-pwb"


def _read(names: str) -> frozenset[str]:
    return frozenset(name.encode().decode("punycode") for name in names.split())


OTHER_SCRIPTS = _read(_OTHER_SCRIPTS)
"""Those beyond ASCII that X links for certain; here they are written as in their “xn--” form."""
BEYOND_ASCII = OTHER_SCRIPTS | _read(_UNSURE)
"""These and those that X may not link."""
