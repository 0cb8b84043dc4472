"""The invented offices and people of the demonstration: every name here is made up."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.core.database import committed
from tracker.core.text import clean_line
from tracker.people.models import Department, User
from tracker.people.passwords import accepted
from tracker.people.rules import DepartmentKind, Role
from tracker.people.service import create_department, create_user, give_post

PASSWORD = "liulan-taizhang"
SINCE = date(2020, 1, 1)
K = DepartmentKind


@dataclass(frozen=True)
class DemoDepartment:
    """One department: key, name, short name, kind, key of the unit above."""

    key: str
    name: str
    short_name: str
    kind: DepartmentKind
    parent: str | None = "county"
    place_code: str | None = None


UNITS: tuple[DemoDepartment, ...] = (
    DemoDepartment("city", "中共晋城市委 晋城市人民政府", "晋城市", K.LEADERSHIP, None, "140500000000"),
    DemoDepartment("county", "中共阳城县委 阳城县人民政府", "阳城县", K.LEADERSHIP, "city", "140522000000"),
    DemoDepartment("office", "阳城县信访局", "县信访局", K.PETITION_OFFICE),
    DemoDepartment("discipline", "中共阳城县纪委监委", "县纪委监委", K.DISCIPLINE),
    DemoDepartment("civil", "阳城县民政局", "县民政局", K.BUREAU),
    DemoDepartment("agriculture", "阳城县农业农村局", "县农业农村局", K.BUREAU),
    DemoDepartment("land", "阳城县自然资源局", "县自然资源局", K.BUREAU),
    DemoDepartment("water", "阳城县水务局", "县水务局", K.BUREAU),
    DemoDepartment("housing", "阳城县住房和城乡建设局", "县住建局", K.BUREAU),
    DemoDepartment("labour", "阳城县人力资源和社会保障局", "县人社局", K.BUREAU),
    DemoDepartment("roads", "阳城县交通运输局", "县交通局", K.BUREAU),
    DemoDepartment("ecology", "晋城市生态环境局阳城分局", "县生态环境分局", K.BUREAU),
    DemoDepartment("organisation", "中共阳城县委组织部", "县委组织部", K.BUREAU),
    DemoDepartment("runcheng", "润城镇人民政府", "润城镇", K.TOWNSHIP, place_code="140522102000"),
    DemoDepartment("fengcheng", "凤城镇人民政府", "凤城镇", K.TOWNSHIP, place_code="140522100000"),
    DemoDepartment("beiliu", "北留镇人民政府", "北留镇", K.TOWNSHIP, place_code="140522101000"),
    DemoDepartment("tingdian", "町店镇人民政府", "町店镇", K.TOWNSHIP, place_code="140522103000"),
    DemoDepartment("qinchi", "芹池镇人民政府", "芹池镇", K.TOWNSHIP, place_code="140522104000"),
    DemoDepartment("ciying", "次营镇人民政府", "次营镇", K.TOWNSHIP, place_code="140522105000"),
    DemoDepartment("dongye", "东冶镇人民政府", "东冶镇", K.TOWNSHIP, place_code="140522109000"),
)


@dataclass(frozen=True)
class Person:
    """One invented person: sign-in name, name, unit, role, title."""

    username: str
    name: str
    unit: str
    role: Role
    title: str
    handles_accusations: bool = False


R = Role
PEOPLE: tuple[Person, ...] = (
    Person("admin", "系统管理员", "county", R.ADMINISTRATOR, "系统管理员"),
    Person("security", "宁安", "county", R.SECURITY_ADMINISTRATOR, "安全管理员"),
    Person("audit", "韩静", "county", R.AUDITOR, "审计管理员"),
    Person("zhaomin", "赵敏", "office", R.REGISTRAR, "登记员"),
    Person("lixiaomei", "李晓梅", "office", R.ACCEPTOR, "受理员", handles_accusations=True),
    Person("sunlin", "孙琳", "office", R.ACCEPTOR, "受理员"),
    Person("zhoujianguo", "周建国", "office", R.DEPARTMENT_HEAD, "局长", handles_accusations=True),
    Person("haoming", "郝明", "county", R.SUPERVISOR, "督查专员"),
    Person("linyiming", "林一鸣", "county", R.PRINCIPAL_LEADER, "县委书记"),
    Person("gaoyuan", "高远", "county", R.PRINCIPAL_LEADER, "县长"),
    Person("chenzhiyuan", "陈志远", "county", R.LEAD_OFFICIAL, "副县长"),
    Person("qinyue", "秦悦", "county", R.LEAD_OFFICIAL, "县委常委、组织部部长"),
    Person("wanghaiyan", "王海燕", "civil", R.HANDLER, "基层政权股股长"),
    Person("zhangjianjun", "张建军", "civil", R.DEPARTMENT_HEAD, "局长"),
    Person("zhaoli", "赵丽", "civil", R.HANDLER, "社会救助股股长"),
    Person("mabin", "马斌", "agriculture", R.HANDLER, "农经站站长"),
    Person("wufang", "武芳", "agriculture", R.DEPARTMENT_HEAD, "局长"),
    Person("tianye", "田野", "land", R.HANDLER, "耕保股股长"),
    Person("songwei", "宋伟", "land", R.DEPARTMENT_HEAD, "局长"),
    Person("guoqiang", "郭强", "water", R.HANDLER, "供水股股长"),
    Person("liangyu", "梁宇", "water", R.DEPARTMENT_HEAD, "局长"),
    Person("xueting", "薛婷", "housing", R.HANDLER, "村镇股股长"),
    Person("panlei", "潘磊", "housing", R.DEPARTMENT_HEAD, "局长"),
    Person("dongna", "董娜", "labour", R.HANDLER, "劳动监察队队长"),
    Person("baihao", "白浩", "labour", R.DEPARTMENT_HEAD, "局长"),
    Person("houjie", "侯杰", "roads", R.HANDLER, "农村公路股股长"),
    Person("yanbo", "阎波", "roads", R.DEPARTMENT_HEAD, "局长"),
    Person("niuting", "牛婷", "ecology", R.HANDLER, "执法队队长"),
    Person("shihong", "史红", "ecology", R.DEPARTMENT_HEAD, "局长"),
    Person("ruanqing", "阮青", "organisation", R.HANDLER, "组织股股长"),
    Person("jiaorui", "焦瑞", "organisation", R.DEPARTMENT_HEAD, "副部长"),
    Person("luxin", "卢欣", "runcheng", R.HANDLER, "信访专干"),
    Person("wenkai", "温凯", "runcheng", R.DEPARTMENT_HEAD, "镇长"),
    Person("dingning", "丁宁", "fengcheng", R.HANDLER, "信访专干"),
    Person("shaofeng", "邵峰", "fengcheng", R.DEPARTMENT_HEAD, "镇长"),
    Person("kangle", "康乐", "beiliu", R.HANDLER, "信访专干"),
    Person("weiguang", "卫光", "beiliu", R.DEPARTMENT_HEAD, "镇长"),
)
SHOWN = ("zhaomin", "lixiaomei", "zhoujianguo", "wanghaiyan", "zhangjianjun", "chenzhiyuan", "linyiming", "haoming",
         "audit", "security", "admin")  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """The people and units of the demonstration, by their keys."""

    units: dict[str, Department]
    people: dict[str, User]

    def of(self, unit: str, role: Role) -> User:
        """Return the first person with a role in a unit."""
        return next(self.people[p.username] for p in PEOPLE if p.unit == unit and p.role == role)


def enter_staff(*, now: datetime) -> Staff:
    """Set up the units, the people and their posts."""
    password_hash = accepted(PASSWORD, username="", name="")
    units: dict[str, Department] = {}
    people: dict[str, User] = {}
    with committed():
        for unit in UNITS:
            units[unit.key] = create_department(
                name=unit.name,
                short_name=unit.short_name,
                kind=unit.kind,
                parent=units.get(unit.parent or ""),
                place_code=unit.place_code,
                valid_from=SINCE,
                by=None,
                now=now,
            )
        for person in PEOPLE:
            user = create_user(
                username=person.username,
                name=clean_line(person.name),
                password_hash=password_hash,
                must_change_password=False,
                by=None,
                now=now,
            )
            give_post(
                user,
                department=units[person.unit],
                role=person.role,
                title=person.title,
                handles_accusations=person.handles_accusations,
                started_on=SINCE,
                by=None,
                now=now,
            )
            people[person.username] = user
    return Staff(units, people)
