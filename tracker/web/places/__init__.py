"""The pages of divisions and villages (区划、村)."""
