"""What a person writes, checked: every mistake at once, on its line."""
