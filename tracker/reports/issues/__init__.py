"""期: reports that are drafted, filed for and issued; issuing freezes (日报、周报、年度报告)."""
