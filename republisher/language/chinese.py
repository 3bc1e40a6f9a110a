"""The two standards of written Chinese, told apart by the characters a text uses."""

from __future__ import annotations

from republisher.model import LanguageTag

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

_ONLY_JAPANESE = frozenset(
    "円経済対戦発県駅広売読検験実応価権労働込沢塩悪圧囲栄営縁仮拡覚楽観顔帰気拠挙駆恵渓継軽鶏芸撃剣険圏献顕厳鉱黒剤雑賛歯児釈収従渋獣縦処奨焼剰畳譲"
    "嘱触寝図酔摂専繊銭捜挿巣総騒増臓蔵続帯単弾遅鋳庁聴鉄転伝闘徳縄脳覇廃拝髪抜変辺舗豊訳揺様謡覧竜猟緑隣涙塁霊齢暦歴楼録払桜畑"
) - frozenset(SIMPLIFIED + TRADITIONAL)
"""Characters as Japan alone writes them."""
_ENOUGH = 2


def is_japanese(sample: str) -> bool:
    """Say whether characters of Chinese origin are Japanese: a headline there may do with hardly a kana."""
    signs = sum(character in _ONLY_JAPANESE or "\u3041" <= character <= "\u3096" for character in sample)
    chinese = sum(character in _ONLY_SIMPLIFIED or character in _ONLY_TRADITIONAL for character in sample)
    return signs >= _ENOUGH and signs > chinese


def standard(sample: str) -> LanguageTag:
    """Return `zh-Hans` or `zh-Hant`, or `zh` if nothing in `sample` tells."""
    simplified = sum(character in _ONLY_SIMPLIFIED for character in sample)
    traditional = sum(character in _ONLY_TRADITIONAL for character in sample)
    if simplified == traditional:
        return LanguageTag("zh")
    return LanguageTag("zh-Hans" if simplified > traditional else "zh-Hant")
