"""人大代表建议: the rules, every act with its clock, who may, and what is told."""
