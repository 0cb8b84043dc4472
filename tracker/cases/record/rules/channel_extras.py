"""What only some channels have (信访形式另有的栏目): the word for each field, wherever it is shown. Pure."""

CHANNEL_EXTRAS = {
    "posted_on": "邮戳日期",
    "received_by": "接访人",
    "hotline_no": "12345 工单号",
    "source_no": "来源编号",
    "superior_office": "上级机关",
    "superior_no": "上级编号",
    "superior_due_on": "上级要求办结日期",
}
