"""Made-up letters: a common core of words, as real letters have, and a long tail of names, places and numbers."""

from random import Random

MATTERS = (
    ("反映{v}换届选举选民登记遗漏", "村选举委员会没有按规定公布选民名单，外出务工的{n}人没有登记，请求重新登记。"),
    ("反映{v}村务账目未公开", "村委会自{y}年以来未公开村务账目，{n}户村民要求公布征地补偿款的收支明细。"),
    ("要求解决{v}饮水困难", "自来水管网破损{m}个月，{n}户吃水困难，多次向{p}反映无人维修。"),
    ("反映{v}土地承包纠纷", "{y}年调整承包地时少分{n}亩，承包合同与实际面积不符，要求重新丈量。"),
    ("反映{v}低保评议不公", "低保评议没有入户调查，符合条件的困难户{n}人未列入，要求重新评议。"),
    ("要求兑现{v}拆迁补偿", "{y}年拆迁时约定的补偿款{n}万元至今未付，安置房没有交付。"),
    ("反映{v}附近企业污染", "{p}夜间排放废气和污水，河道发黑，庄稼受损{n}亩，要求环保部门查处。"),
    ("要求修复{v}道路", "通村道路破损{n}米，雨天无法通行，学生上学不便，请求尽快修复。"),
    ("反映{p}拖欠工资", "在{p}务工{m}个月，拖欠{n}人工资，多次讨要没有结果，请求人社部门督促支付。"),
    ("反映{v}候选人请客送礼", "有候选人在选举前向{n}户村民送烟酒和现金，请求调查选举是否有效。"),
    ("要求落实{v}退休待遇", "原{p}职工，工龄{m}年，退休待遇核定有误，请求重新核定并补发。"),
    ("反映{v}宅基地审批", "{y}年申请宅基地至今没有批复，{p}工作人员推诿，要求书面答复。"),
)
SENTENCES = (
    "多次到镇里反映，工作人员答应{m}日内答复，至今没有结果。",
    "希望有关部门到现场核实，听取群众意见，依法作出处理。",
    "附有{n}名村民签名和照片{m}张，请查收。",
    "{y}年{m}月曾向{p}书面反映，收到的答复与事实不符。",
    "村民{s}可以作证，联系方式见信末。",
    "村里老人多，出行和就医都不方便，大家意见很大。",
    "请求公布处理结果，并对有关责任人员作出处理。",
    "村东头{t}一带情况最严重，涉及{n}户。",
    "以上情况属实，如有虚假愿意承担责任。",
    "按照政策应当在{m}月底前完成，现在还没有动工。",
)
WIDE = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 3000, 3))


def letter(random: Random, village: str) -> tuple[str, str, list[str]]:
    """Return title, text and demand points of one letter."""
    title, core = random.choice(MATTERS)
    words = {
        "v": village,
        "n": random.randint(2, 400),
        "m": random.randint(1, 12),
        "y": random.randint(2005, 2026),
        "p": f"{random.choice(WIDE)}{random.choice(WIDE)}公司",
        "s": f"王{random.choice(WIDE)}{random.choice(WIDE)}",
        "t": f"{random.choice(WIDE)}{random.choice('沟坡地塘')}",
    }
    sentences = [core, *random.sample(SENTENCES, random.randint(1, 5))]
    points = [core, SENTENCES[6]][: random.choice((1, 1, 2))]
    return title.format(**words), "".join(sentences).format(**words), [point.format(**words) for point in points]
