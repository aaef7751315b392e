"""Rules over what Android phones keep."""
