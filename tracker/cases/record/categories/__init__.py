"""The categories of the matter (内容分类) and their history."""
