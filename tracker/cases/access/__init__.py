"""Who may see a case (知悉范围): the rules, their twin in SQL, the named list."""
