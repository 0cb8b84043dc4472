"""三包三定: the layers of duty in a village, each with its person, times and task (定人员、定时间、定任务). Pure."""

from tracker.key_villages.rules.codes import DUTY_LABELS, VillageDutyKind

# 镇领导联系村、镇干部包村（企事业单位）、村干部包组: given by the office or the township, on the ledger or not.
LAYERS = (VillageDutyKind.TOWN_LEADER, VillageDutyKind.TOWN_STAFF, VillageDutyKind.GROUP_CADRE)
# The columns of the matrix: who must be named for a village on the ledger, then the layers.
ON_LEDGER = (VillageDutyKind.SPONSOR, VillageDutyKind.LIAISON)
COLUMNS = (*ON_LEDGER, *LAYERS)
# What is given on the ledger itself (明确包保).
LEDGER_DUTIES = {kind: label for kind, label in DUTY_LABELS.items() if kind not in LAYERS}
