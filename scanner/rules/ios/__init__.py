"""Rules over what iPhones keep."""
