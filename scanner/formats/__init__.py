"""Pure decoders: bytes in, plain Python values out, no knowledge of evidence; they raise only ValueError."""
