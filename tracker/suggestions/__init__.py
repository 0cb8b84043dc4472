"""人大代表建议、转办函: suggestions of deputies, from 交办 to the answer and the promises in it. No petitions."""
