"""SQL, all of it: functions that take a transaction and return domain records."""
