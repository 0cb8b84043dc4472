"""重大事项上报: what an office reports upward (专报、舆情) or asks the level above to decide (请示)."""
