"""Days and hours: business days, open time, city time."""
