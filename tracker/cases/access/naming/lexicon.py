"""The words by which letters name officials, wrong them and address them. Tables only."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# 职务, by which a letter names somebody; 副 and a surname may stand before each.
OFFICES = _words(
    """
    党委书记 党组书记 党工委书记 党总支书记 支部书记 村支书 支书 书记 常委 委员 主席 县长 市长 区长 镇长
    乡长 州长 局长 部长 厅长 院长 校长 园长 所长 站长 股长 科长 处长 队长 检察长 会长 政委 村主任 村长 主任
    会计 出纳 组长 秘书长 秘书 专员 巡察员 督查员 登记员 受理员 承办人 专干 文书 董事长 总经理 经理
    """
)
# Titles that others than officials bear: on their own they name nobody in office.
COMMON_OFFICES = frozenset(_words("主任 会长 园长 委员 总经理 所长 文书 校长 秘书 站长 组长 经理 董事长 队长 院长"))
# All or the first of a unit, without a title.
LEADING = _words(
    """
    领导班子成员 领导班子 班子成员 班子 主要负责人 主要领导 分管领导 一把手 负责人 领导
    """
)
# Of these alone nobody is named: whose leaders they are must stand before them.
NAMING_NOBODY_ALONE = frozenset(_words("主要负责人 分管领导 办事人员 工作人员 执法人员 经办人 职工 负责人 领导"))
STAFFING = _words(
    """
    村干部 镇干部 乡干部 县干部 村领导 镇领导 乡领导 县领导 市领导 工作人员 办事人员 经办人 干部 职工
    执法人员 民警
    """
)
# Who heads a unit, by the end of its name.
HEADS_BY_ENDING: dict[str, tuple[str, ...]] = {
    "局": ("局长", "党组书记"),
    "镇": ("镇长",),
    "乡": ("乡长",),
    "部": ("部长",),
    "办": ("主任",),
    "委": ("书记", "主任"),
    "院": ("院长",),
    "所": ("所长",),
    "站": ("站长",),
    "队": ("队长",),
    "股": ("股长",),
    "科": ("科长",),
}
LEADING_THE_AREA = ("书记", "县长", "市长", "区长")
BESIDE_THEM = ("副县长", "副市长", "副区长", "副书记", "常委")
FORMERLY = ("原任", "前任", "时任", "原", "前")

# 违纪违法: what an official is accused of.
WRONGS = _words(
    """
    贪污 贪占 贪赃 贪腐 腐败 侵吞 私吞 侵占 霸占 强占 私分 瓜分 挪用 截留 克扣 冒领 虚报 套取 套用 骗取 虚列
    受贿 索贿 行贿 贿赂 贿选 买票 拉票 收受 收钱 收礼 红包 好处费 回扣 吃拿卡要 以权谋私 谋私 谋取私利
    权钱交易 中饱私囊 利益输送 优亲厚友 任人唯亲 滥用职权 玩忽职守 渎职 失职 徇私 枉法 舞弊 包庇 袒护 纵容
    保护伞 庇护 弄虚作假 造假 伪造 篡改 暗箱操作 欺上瞒下 打人 殴打 打伤 动手打 辱骂 恐吓 威胁 打击报复 报复
    欺压 勾结 串通 插手 操纵 违纪 公款 小金库 吃空饷 乱收费 私卖 贱卖 倒卖 敲诈 勒索 嫖 赌博 包养 作风问题
    经济问题 作风败坏 泄露举报 乱摊派 独断专行 非法占有 非法所得 不正之风
    """
)
# Words that accuse; in an imported row each of them opens the question.
ACCUSING = ("举报", "检举", "控告", "揭发")
# What a letter is about stands directly behind these.
COMPLAINED = ("反映", "投诉", "状告")
# Where they only name a service or a rule: nobody is accused.
NOT_ACCUSING = _words(
    """
    举报电话 举报热线 举报箱 举报信箱 举报平台 举报奖励 举报渠道 举报邮箱 举报中心
    """
)

# 只是称呼、求助: what stands directly before or behind who is only addressed or begged.
BEFORE_ADDRESSED = _words(
    """
    尊敬的 敬爱的 亲爱的 请 请问 想问 恳请 敬请 请求 恳求 求 希望 盼望 期盼 盼 望 感谢 谢谢 多谢 致 呈 向 跟
    给 找 麻烦 拜托
    """
)
BEHIND_ADDRESSED = _words(
    """
    您 你好 : 们好 为民做主 为我做主 为我们做主 能否 可否 明察 百忙 阁下 台鉴
    """
)
# What may stand between such a word and the name: 请贵县的王书记.
BETWEEN = _words(
    """
    各位 贵 县 市 区 镇 乡 我们 我 的 咱 咱们 本 上级 有关 一下 到 了
    """
)
BRIBED = ("行贿", "送钱", "送礼", "贿赂", "送红包")

SURNAMES = frozenset(
    "丁万丘丛严乔于任伍位何余侯俞倪傅全兰关冀冉冯凌刁刘包华单卜卢卫原古史叶司吉向吕吴周唐夏姚姜孔孙孟季宁"
    "安宋宫尤尹屈岳崔嵺左席常庄庞康廖延张强当彭徐成戚戴房文方施时易晋景暴曲曹曾朱李杜来杨林柏查柯柳柴栗桂"
    "梁梅植樊欧武段殷毕毛江池汤汪沈洪涂温游滕潘焦熊牛牟王甄甘田申畅白盛瞿石祁祝秦程章童管米纪罗翁翟耿聂胡"
    "臧舒芦苏苑苗苟范茹莫萧葛董蒋蔡薄薛袁裴褚覃解詹许谢谭谷费贺贾赖赵路车辛辜边邓邢邬邱邵邹郄郑郝郭酒金钟"
    "钱闵阎阮阳陆陈陶隋雷霍靳韦韩项顾颜饶马高魏鲁鲍黄黎齐龙龚"
)
# Surnames that are ordinary words before a title: 原局长, 任镇长, 向书记.
SURNAMES_OR_WORDS = frozenset("于任全原向和常当成时查管")
COMPOUND_SURNAMES = _words("欧阳 司马 上官 诸葛 皇甫 尉迟 令狐 司徒 慕容 端木")
# What begins like a surname and is none: 严重威胁, 强行侵占, 包庇纵容.
NO_NAMES = frozenset(
    _words(
        """
        万元 严重 于是 任何 任意 全部 公开 公然 包庇 包括 单位 司机 向我 和我 商家 安排 常年 强制 强行 成为 成立
        房东 方便 时常 暴力 来我 毛坯 水电 温馨 游客 相互 石料 程序 经常 解决 路人 车主 连续 金额 项目 高价 高层
        高管 黄牛 黑恶 查处 查清 查明 查实 查办 查究 严查 严惩 严禁 严打 严防 严厉 严格 严肃 杜绝 关于 关键 强势 强烈
        强迫 强硬 解除 解聘 施压 施工 申请 申诉 申报 何时 何人 何以 马上 陆续 任由 任凭 单独 方可 方能 时时 时而 常常
        成天 宁可 宁愿 高度 高调 高额 白天 路上 管理 左右
        """
    )
)

# 繁体 → 简体, for titles, units, surnames and what is said of them; names are compared by sound besides.
_TRADITIONAL = _words(
    """
    縣县 鎮镇 鄉乡 區区 長长 書书 記记 黨党 領领 導导 幹干 員员 會会 計计 總总 務务 農农 業业 資资 環环 設设
    電电 鐵铁 衛卫 隊队 檢检 監监 紀纪 組组 織织 訪访 訴诉 門门 術术 們们 張张 劉刘 陳陈 楊杨 趙赵 黃黄 吳吴
    孫孙 馬马 羅罗 鄭郑 謝谢 韓韩 馮冯 蕭萧 鄧邓 許许 呂吕 蘇苏 盧卢 蔣蒋 賈贾 葉叶 閻阎 餘余 鐘钟 鍾钟 譚谭
    鄒邹 陸陆 錢钱 湯汤 賀贺 賴赖 龔龚 龐庞 蘭兰 顏颜 嚴严 溫温 蘆芦 魯鲁 韋韦 畢毕 聶聂 叢丛 齊齐 莊庄 塗涂
    時时 關关 鳳凤 費费 歐欧 項项 陽阳 單单 閔闵 華华 車车 邊边 饒饶 軍军 國国 東东 潤润 貪贪 汚污 佔占 賄贿
    選选 報报 復复 護护 僞伪 偽伪 權权 職职 責责 濫滥 瀆渎 詐诈 騙骗 禮礼 紅红 訂订 亂乱 違违 擊击 毆殴 傷伤
    罵骂 舉举 發发 對对 縱纵 虛虚 補补 貼贴 災灾 徵征 專专 辦办 處处 廳厅 館馆 園园 級级 財财 稅税 審审 醫医
    療疗 學学 質质 產产 勞劳 動动 據据 範范 廣广 遠远 飛飞 龍龙 麗丽 曉晓 偉伟 強强 傑杰 義义 慶庆 興兴 榮荣
    蘋苹 鵬鹏 澤泽 勝胜 輝辉 寧宁 鋒锋 凱凯 樂乐 銘铭 鳴鸣 靜静 潔洁 瓊琼 艷艳 豔艳 蓮莲 鶴鹤 濤涛 亞亚 進进
    運运 達达 連连 邁迈 過过 這这 還还 與与 為为 爲为 無无 來来 個个 後后 從从 將将 點点 實实 寫写 種种
    """
)
SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _TRADITIONAL})
