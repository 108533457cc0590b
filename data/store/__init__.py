"""Which rows does a city have? All SQL: functions of a transaction, domain records out."""
