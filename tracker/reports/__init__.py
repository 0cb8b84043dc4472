"""报告、统计: figures of periods, each in an edition, each with the list that it counts."""
