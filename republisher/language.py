"""Languages: tags in canonical case, direction, and which language an article is written in.

What a source declares is believed unless the script of the text contradicts it; then the script decides where it can,
then detection. The detectors are imported where they are used: most articles need neither.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from republisher.model import UNDETERMINED, LanguageTag
from republisher.text import legal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py3langid.langid import LanguageIdentifier

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<extended>(?:-[a-z]{3}){0,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)
"""RFC 5646 §2.1 in lower case, without the grandfathered tags and the four-letter and longer languages nobody has."""
_LANGUAGES = {
    # Deprecated by the registry (RFC 5646 §2.2.1), or covering one written standard in practice (CLDR's aliases).
    "cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro", "no": "nb", "sh": "sr",
    # A country's code where its language's belongs; none of these is a language of its own.
    "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "vn": "vi",
    # ISO 639-2 where ISO 639-1 has a shorter code, as broadcasters write it.
    "ara": "ar", "chi": "zh", "deu": "de", "eng": "en", "fra": "fr", "fre": "fr", "ger": "de", "ita": "it",
    "jpn": "ja", "kor": "ko", "por": "pt", "rus": "ru", "spa": "es", "zho": "zh",
}  # fmt: skip
_SCRIPT = re.compile("^[a-z]{2,3}-([A-Z][a-z]{3})(?:-|$)")
_REGIONS = {"bu": "mm", "dd": "de", "uk": "gb"}  # codespell:ignore bu
_UNTOLD = frozenset({"und", "mul", "mis", "zxx"})  # codespell:ignore mis
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
_WRITTEN_RIGHT_TO_LEFT = frozenset("ar arc ary arz ckb dv fa he ks lad nqo pnb ps sd sdh syr ug ur yi".split())
_CHINESE_REGIONS = {"CN": "Hans", "SG": "Hans", "MY": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}

_BLOCKS = (
    (0x0, ""), (0x41, "Latn"), (0x5B, ""), (0x61, "Latn"), (0x7B, ""), (0xC0, "Latn"), (0xD7, ""), (0xD8, "Latn"),
    (0x2B0, ""), (0x370, "Grek"), (0x400, "Cyrl"), (0x530, "Armn"), (0x590, "Hebr"), (0x600, "Arab"), (0x700, "Syrc"),
    (0x750, "Arab"), (0x780, "Thaa"), (0x7C0, "Nkoo"), (0x800, ""), (0x860, "Arab"), (0x900, "Deva"), (0x964, ""),
    (0x970, "Deva"), (0x980, "Beng"),  # codespell:ignore beng
    (0xA00, "Guru"), (0xA80, "Gujr"), (0xB00, "Orya"), (0xB80, "Taml"),
    (0xC00, "Telu"), (0xC80, "Knda"), (0xD00, "Mlym"), (0xD80, "Sinh"), (0xE00, "Thai"), (0xE80, "Laoo"),
    (0xF00, "Tibt"), (0x1000, "Mymr"), (0x10A0, "Geor"), (0x1100, "Hang"), (0x1200, "Ethi"), (0x13A0, "Cher"),
    (0x1400, "Cans"), (0x1680, ""), (0x1780, "Khmr"), (0x1800, "Mong"), (0x18B0, ""), (0x1C90, "Geor"), (0x1CC0, ""),
    (0x1E00, "Latn"), (0x1F00, "Grek"), (0x2000, ""), (0x2D30, "Tfng"), (0x2D80, "Ethi"), (0x2DE0, ""),
    (0x3041, "Jpan"), (0x30A0, ""), (0x30A1, "Jpan"), (0x30FB, ""), (0x30FC, "Jpan"), (0x3100, ""), (0x3131, "Hang"),
    (0x3190, ""), (0x3400, "Hani"), (0x4DC0, ""), (0x4E00, "Hani"), (0xA000, ""), (0xA9E0, "Mymr"), (0xAA00, ""),
    (0xAC00, "Hang"), (0xD7B0, ""), (0xF900, "Hani"), (0xFB00, ""), (0xFB1D, "Hebr"), (0xFB50, "Arab"), (0xFE00, ""),
    (0xFE70, "Arab"), (0xFEFF, ""), (0xFF66, "Jpan"), (0xFFA0, ""), (0x1E900, "Adlm"), (0x1E960, ""),
    (0x20000, "Hani"), (0x32000, ""),
)  # fmt: skip
"""Where each script's letters begin, by code point (Unicode's Scripts.txt, coarsely); empty for what is no letter."""
_STARTS = tuple(start for start, _ in _BLOCKS)
_ONE_LANGUAGE = {
    "Armn": "hy", "Cher": "chr", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa", "Hang": "ko", "Hebr": "he",
    "Jpan": "ja", "Khmr": "km", "Knda": "kn", "Laoo": "lo", "Mlym": "ml", "Mymr": "my", "Nkoo": "nqo", "Orya": "or",
    "Sinh": "si", "Taml": "ta", "Telu": "te", "Thaa": "dv", "Thai": "th", "Tibt": "bo",
}  # fmt: skip
_WRITTEN_IN = {
    "Arab": "ar fa ur ps sd ug ckb pnb ks arz ary az ku pa uz ms",
    "Beng": "bn as mni",  # codespell:ignore beng
    "Cyrl": "ru uk be bg mk sr mn kk ky tg tt ba cv os ce uz az tk ab bs ro kv udm sah",
    "Deva": "hi mr ne sa kok gom mai bho new doi sd brx ks",
    "Ethi": "am ti tig gez",
    "Grek": "el grc",
    "Hani": "zh ja ko yue wuu nan hak gan lzh",
    "Hang": "ko",
    "Hebr": "he yi lad",
    "Mong": "mn",
    "Mymr": "my shn mnw ksw",
    "Tibt": "bo dz",
    "Guru": "pa",
    "Geor": "ka xmf",
    "Syrc": "syr arc",
    "Tfng": "zgh ber kab",
    "Cans": "iu cr oj",
}
_ALSO_LATIN = frozenset("sr uz az ku ms tk bs ro kab iu cr mn kk tt ber".split())
_OWN_SCRIPT_ENOUGH = 0.1
_LATIN_ENOUGH = 0.7
"""Latin words stand in texts of every language; words of another script hardly ever in those written in Latin."""
_FEW_LETTERS = 4
_FEW_FOR_GUESSING = 12
"""Letters; what a name or a piece of code sounds like is nobody's language."""
_CODE_LENGTH = 2
"""Of ISO 639-1; the detectors' three-letter codes are mostly their guesses at something else."""
_CHINESE = dict.fromkeys(("wuu", "yue", "nan", "hak", "gan", "lzh"), "zh") | {"no": "nb"}
_WEIGHTS = {"Hang": 3, "Jpan": 3, "Hani": 3}
"""In Latin letters: what it takes to write a word."""
_SAMPLE = 400
_SURE = 80
"""Per cent of the text the fast detector must find in one language to be believed alone; more gains nothing."""
_HONEST = 0.4
"""Below this probability the careful detector is guessing."""
_ENGLISH = frozenset("the and with that for from was will has this have are".split())
_LONG = 80
"""Characters from which a feed's word `en` may be doubted; shorter texts are names and slogans too often."""

SIMPLIFIED = (
    "万与专业东丝丢两严丧个丰临为丽举义乌乐习乡书买乱争亏云亚产亲亿仅从仓仪们价众优会伟传伤伦伪体侠侣侧侨俭债倾偿储儿兑党兰关兴养兽内册军农冲决况"
    "冻净减凤凭凯击则刚创删别剂剧劝办务动励劲劳势勋区医华协单卖卫厂厅历厉压县参双发变叙叶号叹吗听启员响哗问喷团园围国图圆圣场坏块坚坛坝坟坠垄垒垦"
    "备复够头夹夺奋奖妇妈娱孙学宁宝实审宪宫宽宾对寻导寿将尔尘尝层届属岁岂岗岛岭币帅师帐带帮广庄庆库应庙庞废开异张强弹归录彻径忆忧怀态总恋恳恶悬惊"
    "惩惯愤愿战户扑执扩扫扬扰抚抢护报担拟拥择拨挂挡挤挥损换据摄摆撑敌数断无旧时显晋晒晓暂术机杀杂权条来极构枪栋栏树样档桥检楼欢欧残毁毕毙气汇汉汤"
    "沟没沪泪泽洁测济浓涂润涨渐渔温湾湿满滥滨滩灭灯灵灾炉炼烂烟热爱牵牺犹狱独狮猎猪献环现琼电畅疗疟疮疯瘫盐监盖盘矿码砖础硕确碍礼祸离种积称稳穷窃"
    "竞笔签简粮纠红约级纪纯纲纳纵纷纸纹纺线练组细织终绍经结绕绘给络绝统继绩绪续维绿编缓缘缩缴网罗罚罢职联肃肠肤肾肿胀胁胜脏脑脱脸腾舰艰艺节芜苏苹"
    "荐荣药莱获营萨蓝虑虚虫虽蚀补衬袭装见观规视览觉触誉计订认讨让训议记讲许论设访证评识诉诊词译试话该详语误说请诸读课谁调谈谋谢谣谨谱负贡财责贤败"
    "货质贩贪购贯贵贷贸费贺贼资赌赏赔赖赚赛赞赢赵赶趋跃践踪车轨转轮软轰轻载较辅辆辈输辑边达迁过迈运还这进远违连迟适选递逻遗邓邮邻郑酱释针钟钢钱钻"
    "铁铅铜银链销锁锅错键镇镜长门闭闲间闹闻阅阔队阳阴阵阶际陆陈险随隐难雾静页顶项顺须顾预领频题额颜风飞饥饭饮饰饱馆马驱验骑骗鱼鲁鲜鸟鸡鸣鸿麦黄齐"
    "齿龄龙龟"
)
TRADITIONAL = (
    "萬與專業東絲丟兩嚴喪個豐臨為麗舉義烏樂習鄉書買亂爭虧雲亞產親億僅從倉儀們價眾優會偉傳傷倫偽體俠侶側僑儉債傾償儲兒兌黨蘭關興養獸內冊軍農衝決況"
    "凍淨減鳳憑凱擊則剛創刪別劑劇勸辦務動勵勁勞勢勳區醫華協單賣衛廠廳歷厲壓縣參雙發變敘葉號嘆嗎聽啟員響嘩問噴團園圍國圖圓聖場壞塊堅壇壩墳墜壟壘墾"
    "備復夠頭夾奪奮獎婦媽娛孫學寧寶實審憲宮寬賓對尋導壽將爾塵嘗層屆屬歲豈崗島嶺幣帥師帳帶幫廣莊慶庫應廟龐廢開異張強彈歸錄徹徑憶憂懷態總戀懇惡懸驚"
    "懲慣憤願戰戶撲執擴掃揚擾撫搶護報擔擬擁擇撥掛擋擠揮損換據攝擺撐敵數斷無舊時顯晉曬曉暫術機殺雜權條來極構槍棟欄樹樣檔橋檢樓歡歐殘毀畢斃氣匯漢湯"
    "溝沒滬淚澤潔測濟濃塗潤漲漸漁溫灣濕滿濫濱灘滅燈靈災爐煉爛煙熱愛牽犧猶獄獨獅獵豬獻環現瓊電暢療瘧瘡瘋癱鹽監蓋盤礦碼磚礎碩確礙禮禍離種積稱穩窮竊"
    "競筆簽簡糧糾紅約級紀純綱納縱紛紙紋紡線練組細織終紹經結繞繪給絡絕統繼績緒續維綠編緩緣縮繳網羅罰罷職聯肅腸膚腎腫脹脅勝臟腦脫臉騰艦艱藝節蕪蘇蘋"
    "薦榮藥萊獲營薩藍慮虛蟲雖蝕補襯襲裝見觀規視覽覺觸譽計訂認討讓訓議記講許論設訪證評識訴診詞譯試話該詳語誤說請諸讀課誰調談謀謝謠謹譜負貢財責賢敗"
    "貨質販貪購貫貴貸貿費賀賊資賭賞賠賴賺賽贊贏趙趕趨躍踐蹤車軌轉輪軟轟輕載較輔輛輩輸輯邊達遷過邁運還這進遠違連遲適選遞邏遺鄧郵鄰鄭醬釋針鐘鋼錢鑽"
    "鐵鉛銅銀鏈銷鎖鍋錯鍵鎮鏡長門閉閒間鬧聞閱闊隊陽陰陣階際陸陳險隨隱難霧靜頁頂項順須顧預領頻題額顏風飛飢飯飲飾飽館馬驅驗騎騙魚魯鮮鳥雞鳴鴻麥黃齊"
    "齒齡龍龜"
)
"""The commonest Chinese characters that differ, character by character in both standards."""
_ONLY_SIMPLIFIED = frozenset(SIMPLIFIED) - frozenset(TRADITIONAL)
_ONLY_TRADITIONAL = frozenset(TRADITIONAL) - frozenset(SIMPLIFIED)


def canonical(tag: str) -> LanguageTag | None:
    """Return `tag` in the canonical form and case of BCP 47, or None if it is no language tag.

    Understands what feeds write beside the standard: underscores, `en_US.UTF-8`, `en-UK`, ISO 639-2 codes, a country's
    code for its language. A region is kept (`zh-CN`), since leaving it out is a choice for whoever makes channels.
    """
    match = _TAG.fullmatch(re.split(r"[.@]", tag.strip(), maxsplit=1)[0].replace("_", "-").lower())
    if match is None:
        return None
    language, script, region = match["language"], match["script"], match["region"]
    if match["extended"]:
        language = match["extended"].rsplit("-", 1)[1]
    if language == "sh" and script is None:
        script = "latn"
    subtags = [_LANGUAGES.get(language, language)]
    if script:
        subtags.append(script.title())
    if region:
        subtags.append(_REGIONS.get(region, region).upper())
    return LanguageTag("-".join(subtags) + match["rest"])


def fallbacks(tag: LanguageTag) -> tuple[LanguageTag, ...]:
    """Return `tag` and what may stand in for it, nearest first (RFC 4647 §3.4): zh-Hant-TW, zh-Hant, zh.

    Chinese regions imply a script, so zh-TW falls back to zh-Hant and never to a reader of zh-Hans.
    """
    chain = [tag]
    subtags = tag.split("-")
    while len(subtags) > 1:
        last = subtags.pop()
        if len(subtags[-1]) == 1:
            subtags.pop()
        if subtags == ["zh"] and last in _CHINESE_REGIONS:
            chain.append(LanguageTag(f"zh-{_CHINESE_REGIONS[last]}"))
        chain.append(LanguageTag("-".join(subtags)))
    return tuple(chain)


def direction(tag: LanguageTag) -> str:
    """Return `rtl` or `ltr`: how text in this language is written."""
    script = _SCRIPT.search(tag)
    if script is None:
        return "rtl" if tag.split("-")[0] in _WRITTEN_RIGHT_TO_LEFT else "ltr"
    return "rtl" if script[1] in _RIGHT_TO_LEFT else "ltr"


def is_latin(tag: LanguageTag) -> bool:
    """Say whether text in this language may be written in Latin letters."""
    return "Latn" in _scripts(tag)


def decide(
    declared: Iterable[tuple[str, str | None]], title: str, text: str, expected: tuple[LanguageTag, ...] = ()
) -> tuple[LanguageTag, str]:
    """Return the language of an article and its origin: a declaration's, or `script`, `detected`, `unknown`.

    `declared` are pairs of origin (`entry`, `feed`, `source`) and tag, the most trusted first. `expected` limits what
    is detected, never what was declared. Any string will do as `title` and `text`.
    """
    sample = legal(f"{title[:_SAMPLE]}\n{text[:_SAMPLE]}")
    letters = _letters(sample)
    for origin, given in declared:
        tag = canonical(given) if given else None
        if tag and _primary(tag) not in _UNTOLD and not _contradicted(tag, letters, sample):
            if origin == "feed" and _primary(tag) == "en" and _plainly_not_english(sample):
                continue
            return _with_script(tag, sample), origin
    return _found(sample, letters, expected)


def _found(sample: str, letters: Counter[str], expected: tuple[LanguageTag, ...]) -> tuple[LanguageTag, str]:
    """Return what the text itself says, from its script where that is enough."""
    script = _dominant(letters)
    if not script:
        return UNDETERMINED, "unknown"
    possible = [tag for tag in expected if script in _scripts(tag)]
    if script != "Latn" and len(possible) == 1:
        return _with_script(possible[0], sample), "script"
    if not possible and script == "Hani":
        return _with_script(LanguageTag("zh"), sample), "script"
    if not possible and script in _ONE_LANGUAGE:
        return LanguageTag(_ONE_LANGUAGE[script]), "script"
    found = _detect(sample, letters, frozenset(map(_primary, possible)), script)
    if found is None:
        return UNDETERMINED, "unknown"
    return _with_script(LanguageTag(found), sample), "detected"


def _detect(sample: str, letters: Counter[str], allowed: frozenset[str], script: str) -> str | None:
    """Return the language code of `sample` among `allowed` (all, if empty), None if it is anybody's guess.

    A language in another script than the dominant one is believed if its letters are there: a text about software may
    hold more Latin letters than its own.
    """
    if letters.total() < _FEW_FOR_GUESSING:
        return None
    code, percent = _quick(sample)
    if percent >= _SURE and (code in allowed if allowed else script in _scripts(LanguageTag(code))):
        return code
    ranking: dict[str, float] = {}
    for label, probability in _careful().rank(sample):
        tag = _CHINESE.get(label, label)
        written = any(letters[one] for one in _scripts(LanguageTag(tag)))
        if tag in allowed if allowed else len(tag) == _CODE_LENGTH and written:
            ranking[tag] = ranking.get(tag, 0.0) + probability
    best = max(ranking, key=lambda tag: ranking[tag], default=None)
    if best is None or ranking[best] < _HONEST * (sum(ranking.values()) if allowed else 1):
        return None
    return best


def _quick(sample: str) -> tuple[str, int]:
    """Return the fast detector's answer and the per cent of the text it is about, 0 if it is unsure."""
    import pycld2  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415 - a run whose languages are all declared need not load it

    try:
        reliable, _, ((_, code, percent, _), *_) = pycld2.detect(sample)
    except pycld2.error:
        return "und", 0
    tag = canonical(code)
    known = reliable and tag and not code.startswith("xx-") and len(_primary(tag)) == _CODE_LENGTH
    return (_primary(tag), percent) if known and tag else ("und", 0)


@lru_cache(maxsize=1)
def _careful() -> LanguageIdentifier:
    """Return the careful detector, which takes most of a second to wake and a hundred megabytes to keep."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - as above, and more so

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _plainly_not_english(sample: str) -> bool:
    """Say whether a feed's `en` is the default nobody changed: the fast detector is sure of another language."""
    if len(sample) < _LONG or len(_ENGLISH.intersection(sample.lower().split())) > 1:
        return False
    code, percent = _quick(sample)
    return percent >= _SURE and code not in {"en", "und"}


def _contradicted(tag: LanguageTag, letters: Counter[str], sample: str) -> bool:
    """Say whether a text with these letters cannot be in the language `tag`."""
    total = letters.total()
    if total < _FEW_LETTERS:
        return False
    scripts = _scripts(tag)
    own = sum(letters[script] for script in scripts)
    if own < (_LATIN_ENOUGH if "Latn" in scripts else _OWN_SCRIPT_ENOUGH) * total:
        return True
    stated = next((part for part in fallbacks(tag) if part in {"zh-Hans", "zh-Hant"}), None)
    return stated is not None and _with_script(LanguageTag("zh"), sample) not in {stated, "zh"}


def _with_script(tag: LanguageTag, sample: str) -> LanguageTag:
    """Return `tag`, told apart into zh-Hans and zh-Hant if it says no more than Chinese."""
    if tag != "zh":
        return tag
    simplified = sum(character in _ONLY_SIMPLIFIED for character in sample)
    traditional = sum(character in _ONLY_TRADITIONAL for character in sample)
    if simplified == traditional:
        return tag
    return LanguageTag("zh-Hans" if simplified > traditional else "zh-Hant")


def _primary(tag: LanguageTag) -> str:
    return tag.split("-", 1)[0]


@lru_cache(maxsize=512)
def _scripts(tag: LanguageTag) -> frozenset[str]:
    """Return the scripts the language `tag` is written in: its own if we know it, else Latin."""
    language, *rest = tag.split("-")
    if rest and _SCRIPT.search(tag):
        stated = {"Hans": "Hani", "Hant": "Hani", "Kore": "Hang", "Aran": "Arab"}.get(rest[0], rest[0])
        return frozenset({stated, "Hani"} if stated in {"Jpan", "Hang"} else {stated})
    scripts = {script for script, languages in _WRITTEN_IN.items() if language in languages.split()}
    scripts.update(script for script, one in _ONE_LANGUAGE.items() if one == language)
    if not scripts or language in _ALSO_LATIN:
        scripts.add("Latn")
    return frozenset(scripts)


def _letters(sample: str) -> Counter[str]:
    """Return how many letters of each script `sample` holds."""
    counts: Counter[str] = Counter()
    for character, times in Counter(sample).items():
        counts[_BLOCKS[bisect_right(_STARTS, ord(character)) - 1][1]] += times
    del counts[""]
    return counts


def _dominant(letters: Counter[str]) -> str:
    """Return the script a text is written in, empty if there are no letters.

    Hangul and kana stand for their language although Chinese characters outnumber them; Latin letters are discounted,
    for names and abbreviations in them stand in every language.
    """
    weighed = {script: count * _WEIGHTS.get(script, 1) for script, count in letters.items()}
    total = sum(weighed.values())
    others = total - weighed.get("Latn", 0)
    if others <= (1 - _LATIN_ENOUGH) * total:
        return "Latn" if total else ""
    for script in ("Hang", "Jpan"):
        if weighed.get(script, 0) >= _OWN_SCRIPT_ENOUGH * others:
            return script
    return max(letters.keys() - {"Latn"}, key=lambda script: (letters[script], script))
