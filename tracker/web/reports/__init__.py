"""报告、统计: figures and what is drafted from them."""
