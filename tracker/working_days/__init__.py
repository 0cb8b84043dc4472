"""Working days: the State Council's holiday notices, and every date that is counted by them (工作日历与期限计算)."""
