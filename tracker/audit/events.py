"""Every kind of event, in one place. Grammar: subject.verb_in_past_tense; the wording is applied when read."""

from enum import StrEnum


class Event(StrEnum):
    """The kinds of events of the log, each with its Chinese wording in EVENT_LABELS."""

    LOG_STARTED = "log.started"
    ROWS_RESEALED = "rows.resealed"
    ROWS_FIRST_SEALED = "rows.first_sealed"
    CASE_REGISTERED = "case.registered"
    CASE_IMPORTED = "case.imported"
    CASE_STEPPED = "case.stepped"
    CASE_CORRECTED = "case.corrected"
    DATES_RECOUNTED = "case.dates_recounted"
    WINDOW_LAPSED = "window.lapsed"
    CLOCK_BEGUN = "clock.begun"
    CASE_READ = "case.read"
    CASE_PRINTED = "case.printed"
    CASE_DENIED = "case.denied"
    CASE_ENQUIRED = "case.enquired"
    QUERY_CODE_GIVEN = "query_code.given"
    IDENTITY_OPENED = "identity.opened"
    ATTACHMENT_READ = "attachment.read"
    LEDGER_SEARCHED = "ledger.searched"
    LEDGER_EXPORTED = "ledger.exported"
    FIGURES_EXPORTED = "figures.exported"
    BULK_READING_NOTICED = "bulk_reading.noticed"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_DISABLED = "user.disabled"
    PASSWORD_CHANGED = "password.changed"
    SECOND_FACTOR_ENABLED = "second_factor.enabled"
    SECOND_FACTOR_RESET = "second_factor.reset"
    RECOVERY_CODE_USED = "recovery_code.used"
    POST_GIVEN = "post.given"
    POST_ENDED = "post.ended"
    KEEPER_MADE = "keeper.made"
    GRANT_ASKED = "grant.asked"
    GRANT_APPROVED = "grant.approved"
    GRANT_ENDED = "grant.ended"
    REQUEST_ASKED = "request.asked"
    REQUEST_DECIDED = "request.decided"
    DEPARTMENT_CHANGED = "department.changed"
    SIGNED_IN = "session.started"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.ended"
    PROVED_AGAIN = "session.proved"
    DEVICE_FORGOTTEN = "device.forgotten"
    PLACES_IMPORTED = "places.imported"
    PLACE_CHANGED = "place.changed"
    CALENDAR_CHANGE_STARTED = "calendar.change_started"
    CALENDAR_LOADED = "calendar.loaded"
    CALENDAR_CHANGE_FINISHED = "calendar.change_finished"
    CATEGORY_CHANGED = "category.changed"
    CASES_IMPORT_FINISHED = "import.finished"
    DEMO_LOADED = "demo.loaded"
    RUN_ENDED = "run.ended"
    RUNG_REACHED = "rung.reached"
    RUNG_WITHDRAWN = "rung.withdrawn"
    RUNG_CORRECTED = "rung.corrected"
    LADDER_ADOPTED = "ladder.adopted"
    LAW_ENTERED = "law.entered"
    OWN_LIMIT_SET = "own_limit.set"
    LOCAL_GROUND_SET = "local_ground.set"
    NOTICE_ADDRESSED = "notice.addressed"
    NOTICES_RELEASED = "notices.released"
    NOTICE_OPENED = "notice.opened"
    NOTICES_SENT = "notices.sent"
    NOTICES_RESENT = "notices.resent"
    DIGESTS_WRITTEN = "digests.written"
    CLOCK_CONFIRMED = "clock.confirmed"
    COPY_RELEASED = "copy.released"
    ABSENCE_NOTED = "absence.noted"
    FEED_CHANGED = "feed.changed"
    DRAFTS_ENDED = "drafts.ended"
    WORK_HANGS = "work.hangs"
    HASHES_KEYED = "hashes.keyed"
    VILLAGE_STEPPED = "village.stepped"
    INSPECTED = "inspection.stepped"
    CONTROL_STEPPED = "control.stepped"
    SUGGESTION_STEPPED = "suggestion.stepped"
    COMMON_STEPPED = "common.stepped"
    DUTY_CHANGED = "duty.changed"
    SAMPLE_DRAWN = "sample.drawn"
    CASE_SPONSORED = "case.sponsored"
    CHECK_TEMPLATE = "check_template.stepped"
    REPORT_STEPPED = "report.stepped"
    REPORT_READ = "report.read"
    UPWARD_STEPPED = "upward.stepped"


EVENT_LABELS: dict[Event, str] = {
    Event.LOG_STARTED: "启用日志",
    Event.ROWS_RESEALED: "程序换版：更换印记",
    Event.ROWS_FIRST_SEALED: "程序换版：首次加盖印记（以前未证）",
    Event.CASE_REGISTERED: "登记",
    Event.CASE_IMPORTED: "历史件读入",
    Event.CASE_STEPPED: "办理",
    Event.CASE_CORRECTED: "更正",
    Event.DATES_RECOUNTED: "重新计算期限",
    Event.WINDOW_LAPSED: "期满",
    Event.CLOCK_BEGUN: "升级后补起期限",
    Event.CASE_READ: "查看信访事项",
    Event.CASE_PRINTED: "打印",
    Event.CASE_DENIED: "无权查看被拒",
    Event.CASE_ENQUIRED: "进度查询",
    Event.QUERY_CODE_GIVEN: "发放查询码",
    Event.IDENTITY_OPENED: "查看信访人身份",
    Event.ATTACHMENT_READ: "下载材料",
    Event.LEDGER_SEARCHED: "查询台账",
    Event.LEDGER_EXPORTED: "导出台账",
    Event.FIGURES_EXPORTED: "导出统计",
    Event.BULK_READING_NOTICED: "大量查阅告警",
    Event.USER_CREATED: "新增人员",
    Event.USER_CHANGED: "修改人员",
    Event.USER_DISABLED: "停用人员",
    Event.PASSWORD_CHANGED: "修改密码",
    Event.SECOND_FACTOR_ENABLED: "启用两步验证",
    Event.SECOND_FACTOR_RESET: "重置两步验证",
    Event.RECOVERY_CODE_USED: "使用备用码",
    Event.POST_GIVEN: "任职",
    Event.POST_ENDED: "离任",
    Event.KEEPER_MADE: "用命令建立管理员",
    Event.GRANT_ASKED: "申请扩大权限",
    Event.GRANT_APPROVED: "批准扩大权限",
    Event.GRANT_ENDED: "权限申请办结",
    Event.REQUEST_ASKED: "申请查阅、列入名单、降低保密级别",
    Event.REQUEST_DECIDED: "决定查阅、列入名单、降低保密级别的申请",
    Event.DEPARTMENT_CHANGED: "机构变更",
    Event.SIGNED_IN: "登录",
    Event.SIGN_IN_REFUSED: "登录被拒",
    Event.SIGNED_OUT: "退出",
    Event.PROVED_AGAIN: "再次验证身份",
    Event.DEVICE_FORGOTTEN: "忘记登录过的设备",
    Event.PLACES_IMPORTED: "读入区划",
    Event.PLACE_CHANGED: "区划变更",
    Event.CALENDAR_CHANGE_STARTED: "开始应用放假安排",
    Event.CALENDAR_LOADED: "载入节假日安排",
    Event.CALENDAR_CHANGE_FINISHED: "放假安排应用完毕",
    Event.CATEGORY_CHANGED: "修改内容分类",
    Event.CASES_IMPORT_FINISHED: "读入历史件完成",
    Event.DEMO_LOADED: "装入演示数据",
    Event.RUN_ENDED: "运行结束：有触发、暂缓或出错",
    Event.RUNG_REACHED: "到期提醒、升级",
    Event.RUNG_WITHDRAWN: "撤销误发的提醒",
    Event.RUNG_CORRECTED: "更正提醒、督办",
    Event.LADDER_ADOPTED: "修改督办阶梯",
    Event.LAW_ENTERED: "录入条文版本、条号",
    Event.OWN_LIMIT_SET: "修改本单位规定",
    Event.LOCAL_GROUND_SET: "启用、停用地方规定的理由",
    Event.NOTICE_ADDRESSED: "通知送达到人",
    Event.NOTICES_RELEASED: "放行通知",
    Event.NOTICE_OPENED: "打开通知",
    Event.NOTICES_SENT: "发出邮件、群消息",
    Event.NOTICES_RESENT: "重发邮件、群消息",
    Event.DIGESTS_WRITTEN: "写出每日提醒",
    Event.CLOCK_CONFIRMED: "确认时钟",
    Event.COPY_RELEASED: "恢复的数据放行",
    Event.ABSENCE_NOTED: "登记外出代理",
    Event.FEED_CHANGED: "日历订阅变更",
    Event.DRAFTS_ENDED: "清除到期草稿",
    Event.HASHES_KEYED: "附件散列改为带密钥的",
    Event.WORK_HANGS: "单位撤销、人员停用离任：告知改派",
    Event.VILLAGE_STEPPED: "重点难点村：办理",
    Event.INSPECTED: "督导：办理",
    Event.CONTROL_STEPPED: "进度控制表：办理",
    Event.SUGGESTION_STEPPED: "代表建议：办理",
    Event.COMMON_STEPPED: "共性问题：办理",
    Event.DUTY_CHANGED: "三包三定：明确、免去",
    Event.SAMPLE_DRAWN: "回头看：随机抽查",
    Event.CASE_SPONSORED: "包案",
    Event.CHECK_TEMPLATE: "检查清单：发布、停用、恢复",
    Event.REPORT_STEPPED: "日报、周报、年度报告：布置、报送、签发、取消",
    Event.REPORT_READ: "查看内部版报告",
    Event.UPWARD_STEPPED: "重大事项上报：登记、上报、批复",
}
