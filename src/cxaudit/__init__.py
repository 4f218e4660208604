"""cxaudit tells a city whether it answered its customers in time."""

__version__ = "0.1.0"
