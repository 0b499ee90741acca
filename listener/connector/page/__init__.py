"""Company pages: bytes to blocks and structured data, and what of them is new."""
